"""The patient's form: from a link to answers that are sent."""
