"""What can be shown about definitions: that their cases hold, and that every flag has cases at all."""
