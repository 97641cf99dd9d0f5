"""What a questionnaire is: YAML in, frozen typed definitions out, every mistake at file:line:column."""
