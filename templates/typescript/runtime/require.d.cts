/** This package is an ES module: it has to be imported. */
declare const refused: {};
export = refused;
