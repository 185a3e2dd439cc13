import { type LoggerService } from '@nestjs/common';
import { type Log } from './log.js';

/** Nest's own messages in the structured log: its start-up talk at `debug`, its warnings and errors as such. */
export class NestLogger implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown, context?: unknown): void {
    this.sink.debug({ context }, String(message));
  }

  debug(message: unknown, context?: unknown): void {
    this.sink.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: unknown): void {
    this.sink.debug({ context }, String(message));
  }

  warn(message: unknown, context?: unknown): void {
    this.sink.warn({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.sink.error({ details }, String(message));
  }

  fatal(message: unknown, ...details: unknown[]): void {
    this.sink.error({ details }, String(message));
  }
}
