"""What an admin sees: definitions with their versions and drafts, and the accounts of staff. Never a patient's data."""
