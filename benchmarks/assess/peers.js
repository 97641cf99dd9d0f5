// Assesses the responses of a job file with one of the peers; says what it found and how long each pass took, as JSON.
//   node peers.js json-logic|survey JOB.json PASSES
import { readFileSync } from "node:fs";
import jsonLogic from "json-logic-js";
import { ExpressionRunner } from "survey-core";

const [, , peer, file, passes] = process.argv;
const job = JSON.parse(readFileSync(file, "utf8"));

// Each gives a function from answers to a value, prepared once.
const prepare = {
  "json-logic": (rule) => (answers) => jsonLogic.apply(rule, answers),
  survey: (text) => {
    const runner = new ExpressionRunner(text);
    return (answers) => runner.runValues(answers);
  },
}[peer];

const prepared = (rules) => rules.map(([id, rule]) => [id, prepare(rule)]);
const gates = prepared(job[peer].gates);
const scores = prepared(job[peer].scores);
const flags = prepared(job[peer].flags);

function assess(response) {
  const answers = { ...response };
  const found = { hidden: [], scores: {}, flags: [] };
  for (const [question, isAsked] of gates) {
    if (isAsked(answers) === true) continue;
    found.hidden.push(question);
    delete answers[question];
  }
  for (const [score, total] of scores) answers[score] = found.scores[score] = total(answers) || 0;
  for (const [flag, isRaised] of flags) if (isRaised(answers) === true) found.flags.push(flag);
  return found;
}

const found = job.responses.map(assess);
const times = [];
for (let pass = 0; pass < Number(passes); pass += 1) {
  const start = process.hrtime.bigint();
  for (const response of job.responses) assess(response);
  times.push(Number(process.hrtime.bigint() - start) / 1000 / job.responses.length);
}
process.stdout.write(JSON.stringify({ found, times }));
