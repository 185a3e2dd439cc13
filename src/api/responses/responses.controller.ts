import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiNotFoundResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { map, tap } from 'rxjs';
import { detached } from './detached-answer.js';
import { itemsExample, responseExample, responseExamples, streamExample } from './response-examples.js';
import { ApiAnswer, ApiStreamingAnswer, RoutingHeaders } from '../../http/documentation/documented.js';
import { numberOf, wordOf } from '../../http/query.js';
import { ResponsePlan } from './response-plan.js';
import { ResponseDto } from './response.dto.js';
import { response } from './responses.operation.js';
import { atEnd } from '../../completion/at-end.js';
import { type CompletionCall, type Served } from '../../completion/completion-call.js';
import { CompletionService } from '../../completion/completion.service.js';
import { ServerSettings } from '../../config/server-settings.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { AgentBody } from '../../http/agent-body.js';
import { abortOnClientGone } from '../../http/client-gone.js';
import { CompletionReply } from '../../http/completion-reply.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { writeEventStream } from '../../http/event-stream.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { outcomeHeaders } from '../../http/outcome-headers.js';
import { credentialOf, routeHintsOf } from '../../completion/route-hints.js';
import { type Answer, type EventsAnswer } from '../../kernel/answer.js';
import { BackgroundTurn } from '../../kernel/background-turn.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { Operations } from '../../runs/operations/operations.js';
import { ResponseRuns } from '../../runs/response-runs.js';
import { nothingSaid } from '../../runs/stored-response.js';
import { storedTexts } from '../../runs/stored-texts.js';
import { itemList } from '../../wire/openai-responses/input-items.js';
import { type ResponseObject } from '../../wire/openai-responses/response-body.js';
import { typedFrame, writtenFrame } from '../../wire/sse/typed-frame.js';

/** A body that is shorter can be kept, whatever becomes of it. Bytes. */
const LONG_BODY = 1024 ** 2;
const ID = { name: 'id', description: 'The id of the response.', example: responseExample.id };
const NOT_FOUND = { description: '`not_found`: unknown, deleted, or another client’s' };

@ApiTags('responses')
@Controller('v1/responses')
@RequiresScope('completions')
export class ResponsesController {
  constructor(
    private readonly completions: CompletionService,
    private readonly runs: ResponseRuns,
    private readonly settings: ServerSettings,
    private readonly once: Once,
    operations: Operations,
  ) {
    operations.add(response);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @AgentBody()
  @ApiOperation({
    operationId: 'createResponse',
    summary: 'Response',
    description:
      'OpenAI responses over any provider, as JSON or server-sent events; kept for `previous_response_id` unless `store` is false, or made with nobody waiting (`background`).',
  })
  @RoutingHeaders({ sessions: true })
  @ApiBody({ type: ResponseDto, examples: responseExamples })
  @ApiStreamingAnswer({ description: 'The response; with `stream: true`, its events.', schema: 'Response', example: responseExample, stream: streamExample })
  async create(@Body(EnvelopePipe) body: ResponseDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.once.answer(request, reply, () => this.#respond(body, request, reply));
  }

  async #respond(body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const { id: owner } = request.client;
    const before = typeof body.previous_response_id === 'string' ? await this.runs.historyOf(body.previous_response_id, owner) : nothingSaid;
    const plan = new ResponsePlan(body, await this.runs.withItems(body.input, owner), before);
    // What could not be kept is refused before a turn is spent on it.
    if (body.store !== false && (before !== nothingSaid || isLong(request))) storedTexts(plan.stored());
    if (body.background === true) await this.#detach(plan, body, request, reply);
    else await this.#answer(plan, body, request, reply);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getResponse',
    summary: 'A stored response',
    description: 'With `stream=true`, the events of one that is made in the background: those after `starting_after`, then those to come.',
  })
  @ApiQuery({ name: 'stream', required: false, type: Boolean, description: '`true`: as server-sent events.' })
  @ApiQuery({ name: 'starting_after', required: false, type: Number, description: 'The `sequence_number` behind which the events begin.' })
  @ApiParam(ID)
  @ApiStreamingAnswer({ description: 'The response; with `stream=true`, its events.', schema: 'Response', example: responseExample, stream: streamExample })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: only a response that was made in the background can be streamed again' })
  @ApiNotFoundResponse(NOT_FOUND)
  async find(
    @Param('id') id: string,
    @Query('stream') stream: unknown,
    @Query('starting_after') after: unknown,
    @Req() request: GatewayRequest,
    @Res() reply: GatewayReply,
  ): Promise<void> {
    const body = await this.runs.find(id, request.client.id);
    if (wordOf('stream', stream, ['true', 'false']) !== 'true') {
      void reply.send(body);
      return;
    }
    if (body['background'] !== true) throw new GatewayError('invalid_parameter', 'Only a response that was made in the background can be streamed again.', { param: 'stream' });
    await this.#follow(id, numberOf('starting_after', after, { max: 1e9 }) ?? -1, request, reply);
  }

  @Get(':id/input_items')
  @ApiOperation({ operationId: 'listResponseInputItems', summary: 'The input of a stored response', description: 'Its items in pages, the newest first.' })
  @ApiParam(ID)
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, description: 'How many at most.' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'], description: '`desc`: the newest first.' })
  @ApiQuery({ name: 'after', required: false, type: String, description: 'The id of the item behind which the page begins.' })
  @ApiAnswer({ description: 'A page of items.', schema: 'ResponseItemList', example: itemsExample })
  @ApiNotFoundResponse(NOT_FOUND)
  async inputItems(
    @Param('id') id: string,
    @Query('limit') limit: unknown,
    @Query('order') order: unknown,
    @Query('after') after: unknown,
    @Req() { client }: GatewayRequest,
  ): Promise<object> {
    const page = { limit: numberOf('limit', limit, { min: 1, max: 100 }) ?? 20, order: wordOf('order', order, ['asc', 'desc']) ?? 'desc' };
    return itemList(await this.runs.inputOf(id, client.id), { ...page, after: typeof after === 'string' ? after : undefined });
  }

  @Delete(':id')
  @ApiOperation({ operationId: 'deleteResponse', summary: 'Delete a stored response', description: 'One that is still made in the background is ended.' })
  @ApiParam(ID)
  @ApiAnswer({ description: 'It is gone.', schema: 'DeletedResponse', example: { id: responseExample.id, object: 'response', deleted: true } })
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<object> {
    await this.runs.remove(id, client.id);
    return { id, object: 'response', deleted: true };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelResponse',
    summary: 'End a response that is made in the background',
    description: 'What was said until then stays. One that is over stays as it is.',
  })
  @ApiParam(ID)
  @ApiAnswer({ description: 'The response, as far as it came.', schema: 'Response', example: { ...responseExample, background: true, status: 'cancelled' } })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: it was not made in the background' })
  @ApiNotFoundResponse(NOT_FOUND)
  cancel(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<ResponseObject> {
    return this.runs.cancel(id, client.id);
  }

  async #answer(plan: ResponsePlan, body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const stream = body.stream === true;
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const served = await this.#run({ ...this.#call(plan, body, request), stream, abort, flow });
    const keep = async (): Promise<void> => {
      if (body.store !== false) await this.runs.save(request.client.id, plan.stored());
    };
    const kept = stream ? served : { ...served, answer: served.answer.then(written(plan, keep)) };
    await new CompletionReply(reply, kept, plan.format(stream, keep), { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }

  /** Its place among the requests that are answered at once is taken until the run has ended, whatever becomes of the request. */
  async #detach(plan: ResponsePlan, body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const letGo = request.place?.hold();
    const run = await this.#startRun(plan, body, request, reply).catch((error: unknown) => {
      letGo?.();
      throw error;
    });
    if (letGo) void run.over.then(letGo);
    if (body.stream === true) await this.#follow(run.body.id, -1, request, reply);
    else void reply.send(run.body);
  }

  /** What nobody would serve is refused at once. */
  async #startRun(plan: ResponsePlan, body: ResponseDto, request: GatewayRequest, reply: GatewayReply): Promise<{ readonly body: ResponseObject; readonly over: Promise<void> }> {
    if (body.store === false) throw new GatewayError('invalid_parameter', 'A response in the background is stored: leave "store" out.', { param: 'store' });
    const { session, ...call } = this.#call(plan, body, request);
    if (session !== undefined && session !== 'new') throw new GatewayError('unsupported_parameter', 'A response in the background has no session.', { param: 'background' });
    const abort = new AbortController();
    const served = await this.#run({ ...call, session: undefined, stream: true, background: new BackgroundTurn(this.settings.turnMaxMs), abort, flow: new Flow() });
    const run = plan.run(detached(served, eventsOf(await served.answer), abort));
    const { over } = await this.runs.start(request.client.id, run).catch((error: unknown) => {
      abort.abort(error);
      throw error;
    });
    void reply.headers(outcomeHeaders(served.outcome));
    return { body: run.body, over };
  }

  async #follow(id: string, after: number, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const flow = new Flow();
    const frames = this.runs.follow(id, request.client.id, after, flow).pipe(map(writtenFrame));
    const abort = abortOnClientGone(request, reply);
    const failure = (error: unknown): string => typedFrame({ type: 'error', ...failureOf(toGatewayError(error)) });
    await writeEventStream(reply, { frames, flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs, headers: () => ({}), failure });
  }

  async #run(call: CompletionCall): Promise<Served> {
    const served = await this.completions.run(call).catch(inOwnWords);
    return { ...served, answer: served.answer.catch(inOwnWords) };
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

function isLong({ headers }: GatewayRequest): boolean {
  return !(Number(headers['content-length']) < LONG_BODY);
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

/** What is said of the messages of a conversation, said of the input. */
function inOwnWords(error: unknown): never {
  const { code, message, param } = toGatewayError(error);
  throw param === 'messages' ? new GatewayError(code, message, { param: 'input' }) : error;
}

function failureOf({ code, message, param }: GatewayError): object {
  return { code, message, param: param ?? null, sequence_number: 0 };
}
