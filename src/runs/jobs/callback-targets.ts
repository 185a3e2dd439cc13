import { Injectable } from '@nestjs/common';
import { ConfigFile } from '../../config/config-file.js';
import { AllowList } from '../../dialer/allow-list.js';
import { checkUrl } from '../../dialer/check-url.js';
import { DialError } from '../../dialer/dial-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';

const MAX_URL = 2048;

/** Where callbacks may go: the public internet, and what the configuration file lists under `callbacks.allow`. */
@Injectable()
export class CallbackTargets {
  #allow = new AllowList([], 'callbacks.allow');

  constructor(file: ConfigFile) {
    file.use(({ callbacks }) => {
      const allow = new AllowList(callbacks.allow, 'callbacks.allow');
      return () => {
        this.#allow = allow;
      };
    });
  }

  get allow(): AllowList {
    return this.#allow;
  }

  /** What can be said of a URL at once; where its name leads is looked at when it is asked. @throws GatewayError `invalid_parameter` */
  check(url: unknown): string {
    if (typeof url !== 'string') throw invalid('must be a string');
    if (url.length > MAX_URL) throw invalid(`must be at most ${MAX_URL} characters`);
    try {
      return checkUrl(url, this.#allow).href;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      throw invalid(
        error.failure === 'url'
          ? 'must be an http or https URL without a user name'
          : 'its host may not be reached; the operator can list it under "callbacks" in shellm.config.yaml',
      );
    }
  }
}

function invalid(problem: string): GatewayError {
  return new GatewayError('invalid_parameter', `Invalid value for 'callback_url': ${problem}.`, { param: 'callback_url' });
}
