import { ResponsePlan } from './response-plan.js';
import { ResponseDto } from './response.dto.js';
import { writtenFailure } from '../written-failure.js';
import { type Asked, type Operation, type Prepared } from '../../completion/operation.js';
import { checkEnvelope } from '../../http/envelope.pipe.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { nothingSaid } from '../../runs/stored-response.js';
import { type JsonObject } from '../../wire/value-reader.js';

/** A response on its own: nothing of it is stored, and it goes on from nothing. */
export const response: Operation<ResponseDto> = {
  endpoint: '/v1/responses',
  failure: writtenFailure,
  check: (body) => {
    const dto = checkEnvelope(body, ResponseDto);
    if (typeof dto.previous_response_id === 'string') refuse('previous_response_id', 'A response that is made later goes on from no other one.');
    if (dto.background === true) refuse('background', 'A response that is made later is in the background anyhow.');
    return dto;
  },
  prepare: (dto, { hints: { route, session } }: Asked): Prepared => {
    const body: JsonObject = { ...(dto as unknown as JsonObject), store: false };
    const plan = new ResponsePlan(body as unknown as ResponseDto, dto.input, nothingSaid);
    return {
      call: { format: undefined, body, decode: () => plan.request, route, session, fallback: dto.fallback !== false, stream: dto.stream === true },
      observe: (event) => plan.writer.accept(event),
      answer: () => plan.format(dto.stream === true, () => Promise.resolve()),
    };
  },
};

function refuse(param: string, why: string): never {
  throw new GatewayError('unsupported_parameter', why, { param });
}
