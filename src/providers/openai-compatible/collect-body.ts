import { type Observable } from 'rxjs';
import { GatewayError } from '../../kernel/gateway-error.js';

/** A whole body as text. @throws GatewayError `output_limit_exceeded` over `limit` bytes */
export function collectBody(body: Observable<Buffer>, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const subscription = body.subscribe({
      next: (chunk) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit) return;
        subscription.unsubscribe();
        reject(tooLong());
      },
      error: reject,
      complete: () => {
        resolve(Buffer.concat(chunks).toString('utf8'));
      },
    });
  });
}

export function tooLong(): GatewayError {
  return new GatewayError('output_limit_exceeded', 'The provider answered with more than the gateway takes.');
}
