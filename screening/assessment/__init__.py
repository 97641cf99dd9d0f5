"""What answers mean: answers, definitions and today in; findings, scores and reasons out. Pure functions throughout."""
