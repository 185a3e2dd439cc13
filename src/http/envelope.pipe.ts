import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { EnvelopeCheck } from './envelope-check.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** Runs {@link checkEnvelope} with the DTO of the parameter. */
@Injectable()
export class EnvelopePipe implements PipeTransform {
  transform(body: unknown, { metatype }: ArgumentMetadata): unknown {
    return checkEnvelope(body, metatype as Type<object> | undefined);
  }
}

/**
 * Checks the envelope of a body: the fields that its DTO declares, not what is inside them (the wire's decoder names those) and not the fields
 * it does not know (a vendor may). The body itself goes on, unchanged and uncopied.
 *
 * @throws GatewayError `invalid_parameter`
 */
export function checkEnvelope<T extends object>(body: unknown, dto: Type<T> | undefined): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GatewayError('invalid_parameter', 'The request body must be a JSON object.');
  }
  if (!dto || checkOf(dto).passes(body)) return body as T;
  const [error] = validateSync(envelopeOf(body, new dto()), { forbidUnknownValues: false });
  if (!error) return body as T;
  // The topmost decorator is evaluated last, and says the most basic thing.
  const problem = Object.values(error.constraints ?? {}).at(-1) ?? 'is not valid';
  throw new GatewayError('invalid_parameter', `Invalid value for '${error.property}': ${problem}.`, { param: error.property });
}

const checks = new Map<Type<object>, EnvelopeCheck>();

function checkOf(dto: Type<object>): EnvelopeCheck {
  let check = checks.get(dto);
  if (!check) checks.set(dto, (check = new EnvelopeCheck(dto)));
  return check;
}

/** An own `constructor` in the body would be taken for the DTO's class, and switch its checks off. */
function envelopeOf(body: object, dto: object): object {
  return Object.assign(dto, body, { constructor: dto.constructor });
}
