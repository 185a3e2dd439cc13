import pino, { type DestinationStream, type Logger } from 'pino';
import { requestContext } from './request-context.js';
import { createRedactor } from '../redaction/create-redactor.js';

/** JSON lines without secrets, whoever wrote them; every line that belongs to a request carries its id. */
export function createLog(level: string, destination: DestinationStream): Logger {
  const redactor = createRedactor();
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const context = requestContext.getStore();
        return context ? { request_id: context.requestId } : {};
      },
    },
    {
      write: (line) => {
        destination.write(redactor.redact(line, 'json'));
      },
    },
  );
}
