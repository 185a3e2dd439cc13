import { describe, expect, it } from '@jest/globals';
import { bundledModelsProcess, currentModelsProcess, serverProcess, versionProcess } from './launch.js';

describe(serverProcess.name, () => {
  const args = (config: object, apiKey = true): readonly string[] =>
    serverProcess('codex', { CODEX_API_KEY: 'sk-secret' }, { catalogue: '/x/c "1".json', apiKey, config: config as never }).args;

  it('names the key and never writes it', () => {
    expect(args({}).join(' ')).not.toContain('sk-secret');
    expect(args({ openai_base_url: 'https://proxy.example/v1' })).toEqual(
      expect.arrayContaining([
        'model_catalog_json="/x/c \\"1\\".json"',
        'model_provider="shellm"',
        'model_providers.shellm.env_key="CODEX_API_KEY"',
        'model_providers.shellm.base_url="https://proxy.example/v1"',
      ]),
    );
  });

  it('leaves a login its own way, and the operator the last word', () => {
    expect(args({}, false).join(' ')).not.toContain('model_provider');
    expect(args({ analytics: true, a: { b: [1, 'x'] } })).toEqual(expect.arrayContaining(['analytics=true', 'a.b=[1,"x"]']));
  });

  it.each<[string, object, readonly string[]]>([
    ['a text', { a: 'x "y" \\ \n ü' }, ['a="x \\"y\\" \\\\ \\n ü"']],
    ['numbers and switches', { a: 1, b: 1.5, c: true }, ['a=1', 'b=1.5', 'c=true']],
    ['tables in tables', { a: { b: { c: 1, d: 'x' } } }, ['a.b.c=1', 'a.b.d="x"']],
    ['tables in a list', { a: [{ b: 1, c: [{ d: 'x' }] }, 'y'] }, ['a=[{"b"=1,"c"=[{"d"="x"}]},"y"]']],
    ['a name with a dot', { projects: { '/a.b': { trust_level: 'untrusted' } } }, ['projects={"/a.b"={"trust_level"="untrusted"}}']],
    ['an empty table', { a: {} }, []],
  ])('writes %s as TOML', (_, config, expected) => {
    const own = args({}, false).length;
    expect(args(config, false).slice(own)).toEqual(expected.flatMap((setting) => ['-c', setting]));
  });

  it("changes one of the gateway's settings without losing those beside it", () => {
    const all = args({ history: { max_bytes: 5 }, model_providers: { shellm: { stream_max_retries: 3 } } });
    expect(all).toEqual(expect.arrayContaining(['history.persistence="none"', 'history.max_bytes=5', 'model_providers.shellm.env_key="CODEX_API_KEY"']));
    expect(all.lastIndexOf('model_providers.shellm.stream_max_retries=3')).toBeGreaterThan(all.indexOf('model_providers.shellm.stream_max_retries=0'));
  });

  it('bounds what short commands say, and not what a process says that serves many', () => {
    const options = { catalogue: undefined, apiKey: true, config: {} };
    expect(serverProcess('codex', {}, options).limits).toEqual({ stdout: Infinity, stderr: Infinity });
    for (const { limits } of [versionProcess('codex', {}), bundledModelsProcess('codex', {}), currentModelsProcess('codex', {}, options)]) expect(limits).toBeUndefined();
  });

  it('lets the vendor tell its own models, with the same login', () => {
    const { args } = currentModelsProcess('codex', { CODEX_API_KEY: 'sk-secret' }, { catalogue: undefined, apiKey: true, config: {} });
    expect(args.slice(0, 3)).toEqual(['debug', 'models', '-c']);
    expect(args.join(' ')).toContain('env_key="CODEX_API_KEY"');
    expect(args.join(' ')).not.toMatch(/sk-secret|model_catalog_json/);
  });
});
