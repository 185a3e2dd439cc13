import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, Matches, Max, Min, ValidateBy } from 'class-validator';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { IsAddressRanges } from './address-ranges.js';
import { Bytes } from './bytes.js';
import { isLoopbackName } from './loopback.js';
import { Env, Int, List, Switch } from './settings.js';

const DAY_MS = 86_400_000;
const HOST_NAME = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i;
/** What would never match what a browser sends is no origin, and what no `Host` says no host. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+$/i;
const HOST_HEADER = /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])$/i;

function isHost(value: unknown): boolean {
  return typeof value === 'string' && (isIP(value) > 0 || HOST_NAME.test(value));
}

/** Where the server listens and what it lets in. */
export class ServerSettings {
  @Env('SHELLM_HOST')
  @ValidateBy({ name: 'host', validator: { validate: isHost, defaultMessage: () => 'must be an IP address or a host name, without a scheme, brackets or a port' } })
  host: string = '127.0.0.1';

  @Env('SHELLM_PORT')
  @Int()
  @IsInt({ message: 'must be a port number' })
  @Min(0)
  @Max(65_535)
  port: number = 6100;

  @Env('SHELLM_BODY_LIMIT')
  @Bytes()
  @IsInt({ message: 'must be a size such as 512kb or 1mb' })
  @Min(1024)
  @Max(512 * 1024 ** 2)
  bodyLimit: number = 1024 ** 2;

  /** Of what coding agents send: the whole conversation, with the files they read. */
  @Env('SHELLM_AGENT_BODY_LIMIT')
  @Bytes()
  @IsInt({ message: 'must be a size such as 512kb or 32mb' })
  @Min(1024)
  @Max(512 * 1024 ** 2)
  agentBodyLimit: number = 32 * 1024 ** 2;

  @Env('SHELLM_CORS_ORIGINS')
  @List()
  @Matches(ORIGIN, { each: true, message: 'must be origins such as https://app.example.com: a scheme and a host, no path, no star' })
  corsOrigins: readonly string[] = [];

  @Env('SHELLM_ALLOWED_HOSTS')
  @List()
  @Matches(HOST_HEADER, { each: true, message: 'must be host names such as gateway.example.com, IPv6 addresses in brackets, without a scheme or a port' })
  allowedHosts: readonly string[] = [];

  /** Addresses, and ranges of them, of the proxies before the gateway: what they say of the client's address is believed, and nobody else. */
  @Env('SHELLM_TRUST_PROXY')
  @List()
  @IsAddressRanges('must be addresses of proxies, or ranges of them, such as 127.0.0.1,10.0.0.0/8')
  trustProxy: readonly string[] = [];

  /** `SHELLM_AUTH=off`: no keys, also on an address that others reach. */
  @Env('SHELLM_AUTH')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  auth: boolean = true;

  /** A not streamed completion in all; a stream without a provider event. */
  @Env('SHELLM_REQUEST_TIMEOUT_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(1)
  @Max(DAY_MS)
  requestTimeoutMs: number = 120_000;

  /** A stream in all. */
  @Env('SHELLM_TURN_MAX_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(1)
  @Max(DAY_MS)
  turnMaxMs: number = 1_800_000;

  @Env('SHELLM_SHUTDOWN_GRACE_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(0)
  @Max(DAY_MS)
  shutdownGraceMs: number = 30_000;

  @Env('SHELLM_HEADERS_TIMEOUT_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(1)
  @Max(DAY_MS)
  headersTimeoutMs: number = 10_000;

  @Env('SHELLM_RECEIVE_TIMEOUT_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(1)
  @Max(DAY_MS)
  receiveTimeoutMs: number = 30_000;

  @Env('SHELLM_KEEP_ALIVE_MS')
  @Int()
  @IsInt({ message: 'must be a number of milliseconds' })
  @Min(1)
  @Max(DAY_MS)
  keepAliveMs: number = 65_000;

  /** Processes that listen; 0: one a core. With 1 there are no others than the gateway's own. */
  @Env('SHELLM_WORKERS')
  @Transform(({ value }: { value: unknown }) => (value === 'auto' ? 0 : value))
  @Int()
  @IsInt({ message: 'must be a number of processes, or auto' })
  @Min(0)
  @Max(64)
  workers: number = 1;

  @Env('LOG_LEVEL')
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  logLevel: string = 'info';

  /** How many workers there are; 0: the gateway listens itself. */
  get workerCount(): number {
    const wanted = this.workers === 0 ? availableParallelism() : this.workers;
    return wanted > 1 ? wanted : 0;
  }

  /** Whether only this machine can reach the server. */
  get loopbackOnly(): boolean {
    return isLoopbackName(this.host) && this.allowedHosts.every(isLoopbackName);
  }
}
