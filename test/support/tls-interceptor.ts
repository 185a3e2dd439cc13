import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

export type Handler = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void;

export interface TlsInterceptor {
  /** For `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  /** For `NODE_EXTRA_CA_CERTS`: the authority that signed for the hosts. */
  readonly authority: string;
  close(): Promise<void>;
}

/** Whether certificates can be made here. */
export function canIntercept(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A proxy on loopback behind which `handler` is every host of the internet: for programs whose vendor's address is built in. */
export async function interceptTls(hosts: readonly string[], handler: Handler): Promise<TlsInterceptor> {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '2', '-subj', '/CN=test-authority');
  writeFileSync(file('hosts'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('host.key'), '-out', file('host.csr'), '-subj', '/CN=test-host');
  openssl(
    'x509',
    '-req',
    '-in',
    file('host.csr'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    file('hosts'),
    '-out',
    file('host.pem'),
  );

  const sockets = new Set<Socket>();
  const vendor = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      handler(Object.assign(request, { text: Buffer.concat(pieces).toString() }), response);
    });
  });
  const secure = createTlsServer({ key: readFileSync(file('host.key')), cert: readFileSync(file('host.pem')) }, (socket) => vendor.emit('connection', socket));
  secure.on('tlsClientError', () => undefined);
  const proxy = createServer((_, response) => response.writeHead(502).end());
  proxy.on('connect', (_: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    secure.emit('connection', socket);
  });
  await new Promise<void>((listening) => {
    proxy.listen(0, '127.0.0.1', listening);
  });
  return {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    authority: file('ca.pem'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => proxy.close(closed));
      rmSync(folder, { recursive: true });
    },
  };
}
