"""What generated code may import: message specs, the model base, id extraction, clients."""
