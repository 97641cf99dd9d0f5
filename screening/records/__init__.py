"""What is kept: sealed answers, the audit chain, the intake's life. Nobody here commits; the caller does, once."""
