import { IsBoolean, IsOptional, IsUrl, Matches } from 'class-validator';
import { Env, Switch } from '../../config/settings.js';

export class OpenAiSettings {
  @Env('OPENAI_API_KEY')
  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be visible ASCII characters alone' })
  apiKey: string | undefined;

  @Env('OPENAI_BASE_URL')
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true }, { message: 'must be an http or https URL without a user name' })
  baseUrl: string = 'https://api.openai.com/v1';

  /** Whether `X-OpenAI-API-Key` may replace the gateway's key for one request. */
  @Env('SHELLM_ALLOW_CLIENT_OPENAI_KEY')
  @Switch()
  @IsBoolean({ message: 'must be true or false' })
  allowClientKey: boolean = true;
}
