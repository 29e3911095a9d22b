// Holds OpenRPC documents against the official meta-schema; prints what is wrong with each.

import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { jsonSchema } from "@json-schema-tools/meta-schema";
import { openrpcDocument } from "@open-rpc/meta-schema";

const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
ajv.addMetaSchema(jsonSchema);
ajv.addSchema(jsonSchema, openrpcDocument.definitions.JSONSchema.$ref); // it leaves out the slash
const fits = ajv.compile(openrpcDocument);
const wrong = {};
for (const file of process.argv.slice(2)) {
  if (!fits(JSON.parse(readFileSync(file, "utf-8")))) wrong[file] = fits.errors;
}
console.log(JSON.stringify(wrong));
