"""The form machinery: questions in, inputs out; typed inputs in, raw answers out."""
