import { Injectable } from '@nestjs/common';
import { Observable, of } from 'rxjs';
import { imageTypeOf } from './image-type.js';
import { ConfigFile } from '../config/config-file.js';
import { AllowList } from '../dialer/allow-list.js';
import { dial, type DialHead } from '../dialer/dial.js';
import { DialError } from '../dialer/dial-error.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../kernel/message.js';
import { type Provider } from '../providers/provider.js';

type ImageUrl = Extract<ContentPart, { type: 'image-url' }>;
type Image = Extract<ContentPart, { type: 'image' }>;

const MEGABYTE = 1024 ** 2;
const MAX_IMAGES = 20;
const MAX_IMAGE_BYTES = 20 * MEGABYTE;
const MAX_REQUEST_BYTES = 32 * MEGABYTE;
const FETCH_MS = 20_000;
/** Requests whose images are being fetched at the same time. */
const MAX_FETCHING = 8;

/** Fetches the images that a request names by URL, for providers that take their bytes only; where the configuration file allows it (contract, section 4). */
@Injectable()
export class ImageFetcher {
  #allow: AllowList | undefined;
  #fetching = 0;

  constructor(file: ConfigFile) {
    file.use(({ images }) => {
      const allow = new AllowList(images.allow, 'images.allow');
      return () => {
        this.#allow = images.fetch ? allow : undefined;
      };
    });
  }

  /** The request with its images in it; the request itself where nothing is to be fetched. Cold; its error is a 400 that names the part, or a 503 where too many are fetched at once. */
  fetchFor({ kind, capabilities }: Pick<Provider, 'kind' | 'capabilities'>, request: CompletionRequest): Observable<CompletionRequest> {
    const allow = kind === 'cli' && capabilities.images !== 'none' ? this.#allow : undefined;
    const parts = allow ? request.messages.flatMap(partsOf).filter((part) => part.type === 'image-url') : [];
    if (!allow || parts.length === 0) return of(request);
    return new Observable((subscriber) => {
      const abort = new AbortController();
      subscriber.add(() => {
        abort.abort();
      });
      this.#fetchAll(parts, allow, abort).then(
        (images) => {
          subscriber.next({ ...request, messages: request.messages.map((message) => withImages(message, images)) });
          subscriber.complete();
        },
        (error: unknown) => {
          subscriber.error(error);
        },
      );
    });
  }

  /** By URL: one that is named twice is fetched once. The first failure ends them all. */
  async #fetchAll(parts: readonly ImageUrl[], allow: AllowList, abort: AbortController): Promise<ReadonlyMap<string, Image>> {
    const distinct = new Map(parts.map((part) => [part.url, part]));
    const excess = [...distinct.values()][MAX_IMAGES];
    if (excess) throw refused(excess, `A request may name at most ${MAX_IMAGES} images by URL.`);
    if (this.#fetching >= MAX_FETCHING) throw new GatewayError('queue_full', 'Too many requests have their images fetched at the moment.', { retryAfter: 5 });
    this.#fetching += 1;
    try {
      const budget = { bytes: MAX_REQUEST_BYTES };
      const fetched = [...distinct.values()].map(async (part) => [part.url, await fetchOne(part, allow, abort.signal, budget)] as const);
      return new Map(await Promise.all(fetched));
    } finally {
      abort.abort();
      this.#fetching -= 1;
    }
  }
}

async function fetchOne(part: ImageUrl, allow: AllowList, signal: AbortSignal, budget: { bytes: number }): Promise<Image> {
  const wantsBody = (head: DialHead): boolean => head.status === 200 && mayBeImage(head);
  const mayKeep = (bytes: number): boolean => (budget.bytes -= bytes) >= 0;
  const headers = { accept: 'image/png, image/jpeg, image/gif, image/webp', 'accept-encoding': 'identity', 'user-agent': 'shellm' };
  const limits = { timeoutMs: FETCH_MS, maxBytes: MAX_IMAGE_BYTES, mayKeep, signal };
  const response = await dial({ url: part.url, method: 'GET', headers, allow, ...limits, wantsBody }).catch((error: unknown) => {
    if (budget.bytes < 0) throw refused(part, `The images of a request may have ${MAX_REQUEST_BYTES / MEGABYTE} MB in all.`, error);
    throw error instanceof DialError ? refused(part, failures[error.failure], error) : error;
  });
  if (response.status !== 200) throw refused(part, `Its URL answered with the status ${response.status}.`);
  const mediaType = imageTypeOf(response.body);
  if (mediaType === undefined) throw refused(part, 'Its URL leads to no PNG, JPEG, GIF or WebP image.');
  return { type: 'image', mediaType, data: response.body.toString('base64'), param: part.param };
}

/** For the client: nothing of what a refused address is, or whether there is anything. */
const failures: Readonly<Record<DialError['failure'], string>> = {
  url: 'Its URL must be an http or https URL without a user name.',
  address: 'The host of its URL is unknown or may not be reached.',
  unreachable: 'Its URL did not answer.',
  redirect: 'Its URL redirects, which is not followed.',
  'too-large': `It is larger than ${MAX_IMAGE_BYTES / MEGABYTE} MB.`,
  timeout: `It was not there within ${FETCH_MS / 1000} s.`,
};

function refused({ param }: ImageUrl, why: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_parameter', `The image cannot be fetched. ${why}`, { param, cause });
}

/** By what it is declared as. Stores of files give no type of their own, and a wrong one; the first bytes decide. */
function mayBeImage({ headers }: DialHead): boolean {
  return /^\s*(image\/|(application|binary)\/octet-stream|$)/i.test(headers['content-type'] ?? '');
}

function partsOf(message: Message): readonly ContentPart[] {
  return message.role === 'assistant' ? [] : message.content;
}

function withImages(message: Message, images: ReadonlyMap<string, Image>): Message {
  if (message.role === 'assistant') return message;
  const content = message.content.map((part) => {
    const image = part.type === 'image-url' && images.get(part.url);
    return image ? { ...image, param: part.param } : part;
  });
  return { ...message, content };
}
