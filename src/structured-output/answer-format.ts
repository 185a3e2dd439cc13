import { findJson } from './find-json.js';
import { measureSchema } from './measure-schema.js';
import { runBounded, tookTooLong } from './run-bounded.js';
import { validatorOf } from './schema-cache.js';
import { type Validate } from './compile-schema.js';
import { type ResponseFormat } from '../kernel/completion-request.js';
import { isJson } from '../kernel/is-json.js';

/** An answer that fits, as the JSON that the model wrote, or what is wrong with it, in words. */
export type Checked = { readonly json: string } | { readonly problems: readonly string[] };

type JsonFormat = Exclude<ResponseFormat, { type: 'text' }>;

const MAX_VALUES = 20;
/** For all values of an answer: nothing else goes on in the meantime. */
const VALIDATE_MS = 200;
const several: Checked = { problems: ['the answer holds several JSON values'] };

/** What an answer in JSON has to be: how a model is told, and how its text is checked. */
export class AnswerFormat {
  readonly #validate: Validate;
  readonly #kind: string;

  /** @throws GatewayError 400 for a schema that cannot be used */
  constructor(private readonly format: JsonFormat) {
    this.#validate = format.type === 'json-object' ? objectOnly : validatorOf(format.schema);
    this.#kind = format.type === 'json-object' ? 'a single JSON object' : 'a single JSON value that fits the JSON Schema';
  }

  /** The system text that asks for it. @param withTools the model may call functions instead */
  instruction(withTools: boolean): string {
    const when = withTools ? 'When you do not call a function, answer' : 'Answer';
    const form = `${when} with ${this.#kind} and nothing else: no words before or after it, no code fence.`;
    if (this.format.type === 'json-object') return form;
    const { name, description, schema } = this.format;
    return `${form}\nIt is the "${name}" that a program asked for${description === undefined ? '' : ` (${description})`}.\nJSON Schema: ${measureSchema(schema)}`;
  }

  /** What a model is told of an answer that does not fit. */
  complaint(problems: readonly string[]): string {
    return [`Your answer cannot be used:`, ...problems.map((problem) => `- ${problem}`), `Answer again, with ${this.#kind} and nothing else.`].join('\n');
  }

  /** An answer that must be JSON from its first character to its last. */
  checkExact(text: string): Checked {
    const json = text.trim();
    return (isJson(json) ? this.#checkAll([json])[0] : undefined) ?? { problems: ['the answer is not JSON'] };
  }

  /** An answer around whose JSON there may be words or a code fence. */
  check(text: string): Checked {
    const found = findJson(text);
    if (found.length > MAX_VALUES) return several;
    const checked = this.#checkAll(found);
    const [fitting, another] = checked.filter((each) => 'json' in each);
    if (fitting && another) return several;
    return fitting ?? checked[0] ?? { problems: ['the answer holds no valid JSON'] };
  }

  /** Where a value takes too long, that is all that is said. */
  #checkAll(found: readonly string[]): readonly Checked[] {
    try {
      return runBounded(VALIDATE_MS, () => found.map((json) => this.#checkOne(json)));
    } catch (error) {
      if (!tookTooLong(error)) throw error;
      return [{ problems: ['it takes too long to be checked against the schema'] }];
    }
  }

  #checkOne(json: string): Checked {
    const problems = this.#validate(JSON.parse(json));
    return problems.length > 0 ? { problems } : { json };
  }
}

function objectOnly(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? [] : ['the value must be a JSON object'];
}
