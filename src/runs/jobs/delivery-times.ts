import { Injectable } from '@nestjs/common';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** When a callback is tried again that was not taken (contract, section 10), and how long its receiver has. Milliseconds. */
@Injectable()
export class DeliveryTimes {
  readonly pausesMs: readonly number[] = [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];
  readonly timeoutMs: number = 15 * SECOND;
}
