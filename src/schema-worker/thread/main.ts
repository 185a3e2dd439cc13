/** The thread in which clients' schemas are compiled and run: whatever they do to it, the gateway goes on. Node runs this file as it is under the tests: hence the `.ts` of what it imports. */
import { parentPort } from 'node:worker_threads';
import { compileSchema, compilesStrictly, SchemaFault, type Validate } from './compile-schema.ts';
import { checkAnswer, objectOnly } from '../../structured-output/check-answer.ts';
import { type Job, type Outcome, type Word } from '../protocol.ts';

const MAX_KEPT = 64;
/** By the schema's key; the least used first. */
const kept = new Map<string, Validate>();

function validatorOf(key: string, schema: string): Validate {
  const validate = kept.get(key) ?? compileSchema(JSON.parse(schema) as Readonly<Record<string, unknown>>);
  kept.delete(key);
  kept.set(key, validate);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return validate;
}

function work(job: Job): Outcome {
  switch (job.task) {
    case 'compile':
      validatorOf(job.key, job.schema);
      return { fits: true };
    case 'check': {
      const validate = validatorOf(job.key, job.schema);
      say({ type: 'compiled' });
      return checkAnswer(job.text, job.exact, validate);
    }
    case 'check-object':
      say({ type: 'compiled' });
      return checkAnswer(job.text, job.exact, objectOnly);
    case 'compile-strictly':
      return compilesStrictly(JSON.parse(job.schema) as Readonly<Record<string, unknown>>) ? { fits: true } : { fault: 'it is not taken.' };
  }
}

function say(word: Word): void {
  parentPort?.postMessage(word);
}

parentPort?.on('message', (job: Job) => {
  try {
    say({ type: 'done', outcome: work(job) });
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    say({ type: 'done', outcome: { fault: error.message } });
  }
});
// The first schema of a draft has its own meta-schema compiled: that is no client's time.
compileSchema({});
compileSchema({ $schema: 'http://json-schema.org/draft-07/schema#' });
compilesStrictly({});
say({ type: 'ready' });
