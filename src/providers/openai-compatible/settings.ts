import { IsBoolean, IsOptional, IsString, IsUrl, Matches } from 'class-validator';
import { KEY, NO_KEY, NO_URL, URL_OPTIONS } from './checks.js';
import { Env, Switch } from '../../config/settings.js';

export class OpenAiSettings {
  @Env('OPENAI_API_KEY', { secret: true })
  @IsOptional()
  @Matches(KEY, { message: NO_KEY })
  apiKey: string | undefined;

  @Env('OPENAI_BASE_URL')
  @IsUrl(URL_OPTIONS, { message: NO_URL })
  baseUrl: string = 'https://api.openai.com/v1';

  /** Whether `X-OpenAI-API-Key` may replace the gateway's key for one request. */
  @Env('SHELLM_ALLOW_CLIENT_OPENAI_KEY')
  @Switch()
  @IsBoolean({ message: 'must be true or false' })
  allowClientKey: boolean = true;
}

export class CerebrasSettings {
  @Env('CEREBRAS_API_KEY', { secret: true })
  @IsOptional()
  @Matches(KEY, { message: NO_KEY })
  apiKey: string | undefined;

  @Env('CEREBRAS_BASE_URL')
  @IsUrl(URL_OPTIONS, { message: NO_URL })
  baseUrl: string = 'https://api.cerebras.ai/v1';
}

export class OllamaSettings {
  /** Ollama's own variable: where its server listens. Only this machine's is looked at. */
  @Env('OLLAMA_HOST')
  @IsOptional()
  @IsString()
  host: string | undefined;
}
