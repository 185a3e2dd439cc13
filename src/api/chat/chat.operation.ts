import { Injectable } from '@nestjs/common';
import { ChatCompletionDto } from './chat-completion.dto.js';
import { chatFormat } from './chat-format.js';
import { writtenFailure } from '../written-failure.js';
import { type Client } from '../../auth/client.js';
import { CacheSettings } from '../../cache/cache-settings.js';
import { requestedTtl } from '../../cache/requested-ttl.js';
import { type Asked, type Operation, type Prepared } from '../../completion/operation.js';
import { turnOf } from '../../completion/turn-of.js';
import { checkEnvelope } from '../../http/envelope.pipe.js';
import { asksForTemplate } from '../../templates/expand-body.js';
import { TemplateService } from '../../templates/template.service.js';
import { decodeRequest } from '../../wire/openai-chat/decode-request.js';
import { type JsonObject } from '../../wire/value-reader.js';

@Injectable()
export class ChatOperation implements Operation<ChatCompletionDto> {
  readonly endpoint = '/v1/chat/completions';
  readonly failure = writtenFailure;

  constructor(
    private readonly templates: TemplateService,
    private readonly cache: CacheSettings,
  ) {}

  check(body: unknown): ChatCompletionDto {
    return checkEnvelope(body, ChatCompletionDto);
  }

  expand(dto: ChatCompletionDto, client: Client): Promise<ChatCompletionDto> | undefined {
    return asksForTemplate(dto) ? (this.templates.intoMessages(client, dto as unknown as JsonObject) as Promise<unknown> as Promise<ChatCompletionDto>) : undefined;
  }

  prepare(dto: ChatCompletionDto, { hints }: Asked): Prepared {
    const body = dto as unknown as JsonObject;
    const cache = requestedTtl(dto.cache, this.cache.ttlS);
    return {
      call: {
        format: 'openai-chat',
        body,
        decode: () => decodeRequest(body),
        route: hints.route,
        ...turnOf(dto, hints),
        fallback: dto.fallback !== false,
        stream: dto.stream === true,
        cache,
      },
      answer: (outcome) => chatFormat(dto, outcome),
    };
  }
}
