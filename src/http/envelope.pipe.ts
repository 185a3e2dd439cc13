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
    const [error] = validateSync(Object.assign(new metatype() as object, body), { forbidUnknownValues: false });
    if (!error) return body;
    // The topmost decorator is evaluated last, and says the most basic thing.
    const problem = Object.values(error.constraints ?? {}).at(-1) ?? 'is not valid';
    throw new GatewayError('invalid_parameter', `Invalid value for '${error.property}': ${problem}.`, { param: error.property });
  }
}
