import { describe, expect, it } from '@jest/globals';
import { toldOf, unknownVariables } from './unknown-variables.js';
import './data-dir-path.js';
import './server-settings.js';

describe(unknownVariables.name, () => {
  it('tells the mistyped ones, with the one that was meant', () => {
    const environment = { SHELLM_PORTT: '1', shellm_host: 'a', SHELLM_HOST: 'b', SHELLM_CORS_ORIGIN: 'c', SHELLM_DATA_DIR: 'd', PATH: 'f', SHELLAC: 'g' };
    expect(unknownVariables(environment)).toEqual([
      { name: 'SHELLM_CORS_ORIGIN', nearest: 'SHELLM_CORS_ORIGINS' },
      { name: 'SHELLM_PORTT', nearest: 'SHELLM_PORT' },
      { name: 'shellm_host', nearest: 'SHELLM_HOST' },
    ]);
  });

  it('tells them in one line, however they are written, without the value', () => {
    const [unknown] = unknownVariables({ [`SHELLM_\n${'x'.repeat(100_000)}`]: 'secret' });
    expect(toldOf(unknown!)).toMatch(/^SHELLM_ x{72}: no setting reads it; the nearest is SHELLM_\w+$/);
  });
});
