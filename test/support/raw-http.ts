import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface RawExchange {
  /** All that came, whole answers, in their order. Interim answers (100) are left out. */
  readonly answers: readonly RawAnswer[];
  /** How the connection ended: by the gateway's end, a reset, or not at all within the time. */
  readonly end: 'closed' | 'reset' | 'open';
}

/**
 * Writes to a connection whatever it is told to, and hears all that comes back until the gateway closes it, or nothing has come for a while.
 *
 * @param send writes to the connection; what it returns is waited for
 */
export async function rawExchange(url: string, send: string | Buffer | ((write: (bytes: string | Buffer) => Promise<void>) => Promise<void>), quietMs = 300): Promise<RawExchange> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let end: RawExchange['end'] = 'open';
  const over = new Promise<void>((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(resolve, quietMs);
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (sent) wait();
    });
    socket.on('error', () => {
      end = 'reset';
      resolve();
    });
    socket.on('end', () => {
      end = 'closed';
      resolve();
    });
    let sent = false;
    const write = (bytes: string | Buffer): Promise<void> =>
      new Promise((written) => {
        if (socket.destroyed || socket.writableEnded) written();
        else
          socket.write(bytes, () => {
            written();
          });
      });
    void (typeof send === 'function' ? send(write) : write(send)).then(() => {
      sent = true;
      wait();
    });
  });
  await over;
  socket.destroy();
  return { answers: answersIn(Buffer.concat(chunks)), end };
}

function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) throw new Error(`no head: ${rest.toString().slice(0, 200)}`);
    const [line = '', ...fields] = rest.subarray(0, headEnd).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
    if (Number.isNaN(status)) throw new Error(`no status line: ${line.slice(0, 200)}`);
    const headers = Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]));
    rest = rest.subarray(headEnd + 4);
    if (status < 200) continue;
    // An answer to HEAD has a length and no body.
    const headOnly = rest.subarray(0, 9).toString() === 'HTTP/1.1 ';
    const length = headOnly ? 0 : headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : rest.length;
    answers.push({ status, headers, body: parsed(rest.subarray(0, length).toString()) });
    rest = rest.subarray(length);
  }
  return answers;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
