import OpenAI, { toFile } from 'openai';
import { eventually } from './eventually.js';

type Batch = OpenAI.Batches.Batch;

/** What a line of an output or error file says. */
export interface BatchResult {
  readonly id: string;
  readonly custom_id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON came back
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: any } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A client's batches, with the real OpenAI library. */
export class BatchClient {
  readonly openai: OpenAI;

  constructor(url: string, apiKey = 'none') {
    this.openai = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  }

  /** Uploads the lines, and makes a batch of them. */
  async start(lines: readonly unknown[] | string, endpoint = '/v1/chat/completions', more: object = {}): Promise<Batch> {
    const text = typeof lines === 'string' ? lines : lines.map((line) => JSON.stringify(line)).join('\n');
    const file = await this.openai.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'requests.jsonl') });
    return this.openai.batches.create({ input_file_id: file.id, endpoint: endpoint as '/v1/chat/completions', completion_window: '24h', ...more });
  }

  async over({ id }: { readonly id: string }, timeoutMs = 15_000): Promise<Batch> {
    let batch = await this.openai.batches.retrieve(id);
    await eventually(async () => {
      batch = await this.openai.batches.retrieve(id);
      return ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status);
    }, timeoutMs);
    return batch;
  }

  async results(fileId: string | null | undefined): Promise<BatchResult[]> {
    if (fileId == null) return [];
    const text = await (await this.openai.files.content(fileId)).text();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as BatchResult);
  }
}

/** A chat completion as a line of a batch. */
export function chatLine(customId: string, model: string, content: string, more: object = {}): object {
  return { custom_id: customId, method: 'POST', url: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content }], ...more } };
}
