import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { defer, map, type Observable, switchMap, tap } from 'rxjs';
import { responseExample, responseExamples } from './response-examples.js';
import { ResponsePlan } from './response-plan.js';
import { ResponseDto } from './response.dto.js';
import { atEnd } from '../../completion/at-end.js';
import { type CompletionCall, type Served } from '../../completion/completion-call.js';
import { CompletionService } from '../../completion/completion.service.js';
import { ServerSettings } from '../../config/server-settings.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { AgentBody } from '../../http/agent-body.js';
import { abortOnClientGone } from '../../http/client-gone.js';
import { CompletionReply } from '../../http/completion-reply.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { writeEventStream } from '../../http/event-stream.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { credentialOf, routeHintsOf } from '../../http/route-headers.js';
import { type Answer, type EventsAnswer } from '../../kernel/answer.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { ResponseRuns } from '../../runs/response-runs.js';
import { type ResponseBody, type ResponseEvent } from '../../runs/stored-response.js';
import { encodeEvents, encodeFrame } from '../../wire/openai-responses/encode-stream.js';

@ApiTags('responses')
@Controller('v1/responses')
@RequiresScope('completions')
export class ResponsesController {
  constructor(
    private readonly completions: CompletionService,
    private readonly runs: ResponseRuns,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @HttpCode(200)
  @Idempotent()
  @AgentBody()
  @ApiOperation({
    summary: 'Response',
    description:
      'OpenAI responses over any provider, as JSON or server-sent events; kept for `previous_response_id` unless `store` is false, or made with nobody waiting (`background`).',
  })
  @ApiBody({ type: ResponseDto, examples: responseExamples })
  @ApiOkResponse({ content: { 'application/json': { example: responseExample } } })
  async create(@Body(EnvelopePipe) body: ResponseDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { id: owner } = request.client;
    const before = typeof body.previous_response_id === 'string' ? await this.#historyOf(body.previous_response_id, owner) : [];
    const plan = new ResponsePlan(body, before);
    if (body.background === true) await this.#detach(plan, body, request, reply);
    else await this.#answer(plan, body, request, reply);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'A stored response',
    description: 'With `stream=true`, the events of one that is made in the background: those after `starting_after`, then those to come.',
  })
  @ApiQuery({ name: 'stream', required: false, type: Boolean })
  @ApiQuery({ name: 'starting_after', required: false, type: Number })
  @ApiOkResponse({ content: { 'application/json': { example: responseExample } } })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, or another client’s' })
  async find(
    @Param('id') id: string,
    @Query('stream') stream: string | undefined,
    @Query('starting_after') after: string | undefined,
    @Req() request: GatewayRequest,
    @Res() reply: GatewayReply,
  ): Promise<void> {
    const { body } = await this.runs.find(id, request.client.id);
    if (stream !== 'true') {
      void reply.send(body);
      return;
    }
    if (body['background'] !== true) throw new GatewayError('invalid_parameter', 'Only a response that was made in the background can be streamed again.', { param: 'stream' });
    await this.#follow(id, startOf(after), request, reply);
  }

  @Get(':id/input_items')
  @ApiOperation({ summary: 'The input of a stored response' })
  async inputItems(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<object> {
    const { input } = await this.runs.find(id, client.id);
    const ids = input.map((item) => (item as { id?: string }).id ?? null);
    return { object: 'list', data: input, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null, has_more: false };
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a stored response' })
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<object> {
    await this.runs.remove(id, client.id);
    return { id, object: 'response', deleted: true };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a response that is made in the background' })
  cancel(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<ResponseBody> {
    return this.runs.cancel(id, client.id);
  }

  async #historyOf(id: string, owner: string): Promise<Awaited<ReturnType<ResponseRuns['find']>>['messages']> {
    const { messages, body } = await this.runs.find(id, owner).catch((error: unknown) => {
      throw toGatewayError(error).code === 'not_found'
        ? new GatewayError('not_found', `Previous response with id '${id.slice(0, 80)}' not found.`, { param: 'previous_response_id' })
        : error;
    });
    if (messages.length === 0)
      throw new GatewayError('invalid_parameter', `The previous response is ${body.status}: there is nothing to go on from.`, { param: 'previous_response_id' });
    return messages;
  }

  async #answer(plan: ResponsePlan, body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const stream = body.stream === true;
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const served = await this.completions.run({ ...this.#call(plan, body, request), stream, abort, flow });
    const keep = async (): Promise<void> => {
      if (body.store !== false) await this.runs.save(request.client.id, plan.stored());
    };
    const kept = stream ? served : { ...served, answer: served.answer.then(written(plan, keep)) };
    await new CompletionReply(reply, kept, plan.format(stream, keep), { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }

  async #detach(plan: ResponsePlan, body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    if (body.store === false) throw new GatewayError('invalid_parameter', 'A response in the background is stored: leave "store" out.', { param: 'store' });
    const call = this.#call(plan, body, request);
    if (call.session !== undefined) throw new GatewayError('unsupported_parameter', 'A response in the background has no session.', { param: 'background' });
    const { queued, writer } = plan;
    const events = defer(() => this.#events(call)).pipe(encodeEvents(writer, { detached: true }));
    await this.runs.start(request.client.id, { body: queued, events, messages: () => plan.messages(), ended: (status, message) => writer.ended(status, message) }, plan.input);
    if (body.stream === true) await this.#follow(queued.id, -1, request, reply);
    else void reply.send(queued);
  }

  /** With nobody waiting: leaving the events ends the turn. */
  #events(call: Omit<CompletionCall, 'stream' | 'abort' | 'flow'>): Observable<EventsAnswer['events'] extends Observable<infer E> ? E : never> {
    const abort = new AbortController();
    return defer(() => this.completions.run({ ...call, stream: true, abort, flow: new Flow() })).pipe(
      switchMap(({ answer }: Served) => answer),
      switchMap((answer) => eventsOf(answer).events),
      tap({
        unsubscribe: () => {
          abort.abort(new GatewayError('internal_error', 'The response was ended.'));
        },
      }),
    );
  }

  async #follow(id: string, after: number, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const events = await this.runs.follow(id, request.client.id, after);
    const frames = events.pipe(map((event: ResponseEvent) => encodeFrame(event)));
    const abort = abortOnClientGone(request, reply);
    const failure = (error: unknown): string => encodeFrame({ type: 'error', ...failureOf(toGatewayError(error)) });
    await writeEventStream(reply, { frames, flow: new Flow(), signal: abort.signal, stallMs: this.settings.requestTimeoutMs, headers: () => ({}), failure });
  }

  #call(plan: ResponsePlan, body: ResponseDto, { client, headers }: GatewayRequest): Omit<CompletionCall, 'stream' | 'abort' | 'flow'> {
    return {
      client,
      format: undefined,
      body: body as unknown as Record<string, unknown>,
      decode: () => plan.request,
      ...routeHintsOf(headers, body),
      fallback: body.fallback !== false,
      credential: credentialOf(headers),
    };
  }
}

/** Writes and keeps an answer that is delivered whole. */
function written(plan: ResponsePlan, keep: () => Promise<void>): (answer: Answer) => EventsAnswer {
  return (answer) => ({
    kind: 'events',
    events: eventsOf(answer).events.pipe(
      tap((event) => plan.writer.accept(event)),
      atEnd(keep),
    ),
  });
}

function eventsOf(answer: Answer): EventsAnswer {
  if (answer.kind !== 'events') throw new Error('no format was named in which bytes could be passed on');
  return answer;
}

function startOf(after: string | undefined): number {
  if (after === undefined) return -1;
  if (!/^\d{1,9}$/.test(after)) throw new GatewayError('invalid_parameter', '"starting_after" must be a sequence number.', { param: 'starting_after' });
  return Number(after);
}

function failureOf({ code, message, param }: GatewayError): object {
  return { code, message, param: param ?? null, sequence_number: 0 };
}
