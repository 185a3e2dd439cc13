import { type Observable, of } from 'rxjs';
import { type CompletionRequest, type ToolChoice } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Provider } from '../providers/provider.js';
import { type Asker, type ClientSchemas } from '../schema-worker/client-schemas.js';
import { fromAbortable } from '../streaming/from-abortable.js';
import { AnswerFormat, type JsonFormat } from '../structured-output/answer-format.js';
import { type Checked } from '../structured-output/check-answer.js';

/** An answer that is as it should be, with the text to tell; or what the model is told of it, and what the client is told where the model does no better. */
export type Verdict = { readonly text: string } | { readonly complaint: string; readonly error: GatewayError };

/** What an answer has to be that its provider does not see to. */
export interface Expectation {
  /** What the provider is asked, in the place of the client's request. */
  readonly request: CompletionRequest;
  /** Whether nothing is told of an answer before it is judged. */
  readonly held: boolean;
  /** Whether an answer with this event in it is as it should be, whatever else it says. */
  settles(event: StreamEvent): boolean;
  /** Judges an answer that came to its own end, by its text. @param signal nobody wants to know any more */
  judge(text: string, signal: AbortSignal): Promise<Verdict>;
}

type Expecting = Pick<Provider, 'id' | 'kind' | 'takesFormat'>;

/** Who asks, how, and who knows what to make of schemas. */
export interface ExpectationContext {
  readonly owner: string;
  /** Whether the client is told the words as they come. */
  readonly streamed: boolean;
  readonly schemas: Pick<ClientSchemas, 'prepare' | 'check'>;
}

/**
 * What a CLI's answer has to be: JSON of the form that was asked for, where it was, and a function call, where `tool_choice` wants one. API vendors see to it themselves.
 * Emits once; its error is a GatewayError, a 400 for a schema that cannot be used.
 */
export function expectationOf(provider: Expecting, request: CompletionRequest, context: ExpectationContext): Observable<Expectation | undefined> {
  const { responseFormat } = request;
  if (provider.kind === 'api') return of(undefined);
  if (responseFormat.type !== 'text') return fromAbortable((signal) => formatExpected(provider, request, responseFormat, context, signal));
  const wanted = wantedCall(request);
  return of(wanted && { request, held: true, ...wanted });
}

async function formatExpected(
  provider: Expecting,
  request: CompletionRequest,
  responseFormat: JsonFormat,
  { owner, streamed, schemas }: ExpectationContext,
  signal: AbortSignal,
): Promise<Expectation> {
  const asker: Asker = { owner, signal };
  if (responseFormat.type === 'json-schema') await schemas.prepare(responseFormat.schema, asker);
  const native = responseFormat.type === 'json-schema' && (await provider.takesFormat?.(responseFormat, asker)) === true;
  const wanted = wantedCall(request);
  const format = new AnswerFormat(responseFormat);
  const instruction = format.instruction(request.tools.length > 0 && request.toolChoice !== 'none');
  const asked: CompletionRequest = native ? request : { ...request, system: [...request.system, instruction], responseFormat: { type: 'text' } };
  const held = !native || !streamed;
  const judge = async (text: string, judging: AbortSignal): Promise<Verdict> =>
    verdictOn(await schemas.check(responseFormat, text, !held, { owner, signal: judging }), format, provider.id);
  return { request: asked, held, settles: (event) => event.type === 'tool-call-start', judge, ...(wanted && { ...wanted, held: true }) };
}

function verdictOn(checked: Checked, format: AnswerFormat, provider: string): Verdict {
  if ('json' in checked) return { text: checked.json };
  const { problems } = checked;
  const error = new GatewayError('invalid_structured_output', `The answer of "${provider}" does not fit response_format: ${problems.slice(0, 3).join('; ')}.`);
  return { complaint: format.complaint(problems), error };
}

/** Undefined where the model may answer without a call. */
function wantedCall({ tools, toolChoice }: CompletionRequest): Pick<Expectation, 'settles' | 'judge'> | undefined {
  if (tools.length === 0 || !isDemanding(toolChoice)) return undefined;
  const name = toolChoice === 'required' ? undefined : toolChoice.name;
  const what = name === undefined ? 'a function' : `the function "${name}"`;
  return {
    settles: (event) => event.type === 'tool-call-start' && (name === undefined || event.name === name),
    judge: () =>
      Promise.resolve({
        complaint: `You have to call ${what} now. Answer with the call, not with words.`,
        error: new GatewayError('upstream_error', `The model did not call ${what}, which tool_choice asked for.`, { shouldRetry: false }),
      }),
  };
}

function isDemanding(choice: ToolChoice): choice is 'required' | { readonly name: string } {
  return choice === 'required' || typeof choice === 'object';
}
