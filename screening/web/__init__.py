"""What people see: the patient's form, the clinician's review, the admin's editor."""
