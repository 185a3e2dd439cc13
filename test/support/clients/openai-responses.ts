import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { all, type Client, everyFigure, houseCalls, houseTools, jsonSchemaOf, leaving, place, type Question, type Seen, sum, type Tokens, type ToolUse } from './client.js';

type Response = OpenAI.Responses.Response;
type Input = OpenAI.Responses.ResponseInput;

const clientFor = ({ url }: Question): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const asked = ({ model, prompt }: Question): { model: string; input: string } => ({ model, input: prompt });

function tokensOf(usage: OpenAI.Responses.ResponseUsage | null | undefined): Partial<Tokens> {
  if (!usage) return {};
  const { input_tokens: input, output_tokens: output, input_tokens_details: ofInput, output_tokens_details: ofOutput } = usage;
  return { input, output, cached: ofInput.cached_tokens, reasoning: ofOutput.reasoning_tokens };
}

const tools = houseTools.map(({ name, description, parameters }) => ({
  type: 'function' as const,
  name,
  description,
  parameters: jsonSchemaOf(parameters),
  strict: true,
}));

/** Runs the calls of an answer. */
function results({ output }: Response, calls: ToolUse[]): OpenAI.Responses.ResponseInputItem.FunctionCallOutput[] {
  return output
    .filter((item) => item.type === 'function_call')
    .map(({ call_id, name, arguments: json }) => {
      const args = JSON.parse(json) as { city: string };
      calls.push({ name, args });
      return { type: 'function_call_output', call_id, output: houseTools.find((tool) => tool.name === name)!.run(args) };
    });
}

/** @param next one answer and what of it the next question needs */
async function loop(first: Input, next: (input: Input, before: Response | undefined) => Promise<Response>): Promise<Seen> {
  const calls: ToolUse[] = [];
  const figures: Partial<Tokens>[] = [];
  let response: Response | undefined;
  for (let input = first; input.length > 0; input = results(response, calls)) {
    response = await next(input, response);
    figures.push(tokensOf(response.usage));
  }
  return { text: response?.output_text ?? '', calls, tokens: sum(figures) };
}

/** The `openai` library over responses. Its tool loop sends everything again; streamed, it names the answer before. */
export const openAiResponses: Client = {
  name: '`openai` SDK, responses',
  calls: houseCalls,
  tells: everyFigure,

  async chat(question) {
    const { output_text: text, usage } = await clientFor(question).responses.create(asked(question));
    return { text, tokens: tokensOf(usage) };
  },

  async stream(question) {
    const events = await all(await clientFor(question).responses.create({ ...asked(question), stream: true }));
    const pieces = events.flatMap((event) => (event.type === 'response.output_text.delta' ? event.delta : []));
    const end = events.find(({ type }) => type === 'response.completed') as OpenAI.Responses.ResponseCompletedEvent | undefined;
    return { text: pieces.join(''), pieces: pieces.length, tokens: tokensOf(end?.response.usage) };
  },

  toolLoop(question) {
    const said: Input = [];
    return loop([{ role: 'user', content: question.prompt }], async (input, before) => {
      said.push(...((before?.output ?? []) as Input), ...input);
      return clientFor(question).responses.create({ model: question.model, input: said, tools, store: false });
    });
  },

  parallelTools: (question) =>
    loop([{ role: 'user', content: question.prompt }], (input, before) =>
      clientFor(question)
        .responses.stream({ model: question.model, input, tools, previous_response_id: before?.id ?? null })
        .finalResponse(),
    ),

  async schema(question) {
    const { output_text: text, output_parsed: object, usage } = await clientFor(question).responses.parse({ ...asked(question), text: { format: zodTextFormat(place, 'place') } });
    return { text, object, tokens: tokensOf(usage) };
  },

  async abort(question, underWay) {
    const stream = await clientFor(question).responses.create({ ...asked(question), stream: true });
    const read = leaving(all(stream));
    await underWay();
    stream.controller.abort();
    await read;
  },
};
