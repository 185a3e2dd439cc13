import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { GatewayError } from '../kernel/gateway-error.js';

/**
 * Checks the envelope of a body: the fields that its DTO declares, not what is inside them (the wire's decoder names those) and not the fields
 * it does not know (a vendor may). The body itself goes on, unchanged and uncopied.
 */
@Injectable()
export class EnvelopePipe implements PipeTransform {
  transform(body: unknown, { metatype }: ArgumentMetadata): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new GatewayError('invalid_parameter', 'The request body must be a JSON object.');
    }
    if (!metatype) return body;
    const [error] = validateSync(envelopeOf(body, new metatype() as object), { forbidUnknownValues: false });
    if (!error) return body;
    // The topmost decorator is evaluated last, and says the most basic thing.
    const problem = Object.values(error.constraints ?? {}).at(-1) ?? 'is not valid';
    throw new GatewayError('invalid_parameter', `Invalid value for '${error.property}': ${problem}.`, { param: error.property });
  }
}

/** An own `constructor` in the body would be taken for the DTO's class, and switch its checks off. */
function envelopeOf(body: object, dto: object): object {
  return Object.assign(dto, body, { constructor: dto.constructor });
}
