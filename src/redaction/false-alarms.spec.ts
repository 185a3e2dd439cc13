import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor, passThroughRedactor } from './create-redactor.js';
import { secretPatterns } from './secret-patterns.js';
import { corpus } from '../../test/support/corpus.js';
import { falseAlarms } from '../../test/support/false-alarms.js';
import { secretSamples } from '../../test/support/secret-samples.js';

const redactor = createRedactor();

describe('createRedactor', () => {
  it.each([
    'This is a task-force; ask-me-anything about desk-mounted risk-free disks.',
    'sk-learn, sk-SK, sk-circle-fade-animation-component, sk-internationalization',
    'Set OPENAI_API_KEY=sk-... or sk-proj-your-key-here or sk-ant-api03-your-key-here.',
    'Authorization: Bearer <token>, Bearer YOUR_ACCESS_TOKEN_GOES_HERE, Bearer authentication.',
    'Bearer tokens are opaque. The bearer of internationalization is here.',
    'ghp_ and github_pat_ are prefixes, ghp_xxxx a placeholder, gho is not.',
    'npm_config_registry npm_package_name hf_hub_download hf_home xoxb- xapp-name',
    'AKIA is four letters, AIza too. AWS_SECRET_ACCESS_KEY=your-secret aws_secret_access_key: null',
    'whsec_test sk_test_ rk_live_ glpat- eyJ eyJhbGciOiJIUzI1NiJ9 eyJhbGciOiJIUzI1NiJ9.',
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    'A file with -----BEGIN RSA PRIVATE KEY----- in its first line is a key. | --- | ----- | -------- |',
    '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----',
    'd41d8cd98f00b204e9800998ecf8427e 550e8400-e29b-41d4-a716-446655440000 chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    'postgres://user:password@localhost:5432/db mysql://root:root@127.0.0.1 https://user:pass@example.com http://localhost:3000/a@b',
    'redis://${USER}:${PASSWORD}@host amqp://guest:guest@mq https://user:{password}@host ssh://git@host:22 // a: b@c http://a:***@b',
    'import x from "https://esm.sh/react@18"; see //cdn.example.com:8080/npm/vue@3 and git+ssh://git@github.com:a/b.git#v1',
    'Basic authentication, Basic internationalization. access_token: string; refresh_token = await getRefreshToken(); accessToken=your-access-token',
    'SG. SK SKU-1234 xai- pplx-70b-online r8_ csk- gsk_ hvs. dapi ya29. figd_ sntrys_ dp.pt. glc_ ntn_ fw_ lin_api_ shpat_ dop_v1_ AGE-SECRET-KEY-1',
    'fw_update_firmware_version_2 npm_package_dependencies_esbuild hf_hub_download_1 glsa_service_account nfp_config_v1 ops_eyJ ATBB ACCA LTAI',
    'DefaultEndpointsProtocol=https;AccountName=me;AccountKey=<key>;EndpointSuffix=core.windows.net https://hooks.slack.com/services/ https://discord.com/api/webhooks/1',
    'sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJmaWxlIjoiYS5qcyJ9',
  ])('leaves %j alone', (text) => {
    expect(redactor.redact(text)).toBe(text);
    const filter = redactor.open();
    expect([...text].map((character) => filter.push(character)).join('') + filter.flush()).toBe(text);
  });

  it('raises at most one false alarm per megabyte of the code and prose of installed packages', () => {
    const { length, alarms } = falseAlarms(redactor, corpus('node_modules', 3e6, 29));
    expect(length).toBeGreaterThan(2e6);
    expect(alarms.slice(0, Math.floor(length / 1e6))).toEqual(alarms);
    // The count is one that counts.
    expect(
      falseAlarms(
        redactor,
        secretSamples.map(([path, text]) => ({ path, text })),
      ).alarms,
    ).toHaveLength(secretSamples.length);
  });

  it('does not look into a chunk of ordinary text', () => {
    const head =
      'data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1741569952,"model":"gpt-5-2025-08-07","service_tier":"default","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{';
    const tail = '},"logprobs":null,"finish_reason":null}],"usage":null}\n\n';
    for (const delta of [
      '"role":"assistant","content":"","refusal":null',
      '"content":" is"',
      '"content":"."',
      '"content":"\\n\\n"',
      '"content":" \\"key\\": 1"',
      '"content":"caf\\u00e9"',
    ]) {
      expect(redactor.suspicious(head + delta + tail)).toBe(false);
    }
    for (const delta of [
      '"content":" s"',
      '"content":"\\\\"',
      '"content":"50%"',
      '"content":"\\u0073"',
      '"content":"a\\nsk-ant-"',
      '"content":"Bearer"',
      '"content":"-"',
      '"content":"caf\\u00e9sk-"',
      '"arguments":"\\\\u0073k-a"',
    ]) {
      expect(redactor.suspicious(head + delta + tail)).toBe(true);
    }
  });

  it('holds nothing back that cannot begin a secret, and little of what can', () => {
    const words = fc.array(fc.constantFrom(' a', ' is', ' this', '.', ',', '\n', ' task', ' the', ' of', '"', '1', ' (', 'é'), { maxLength: 30 });
    fc.assert(
      fc.property(words, (pieces) => {
        const filter = redactor.open();
        for (const piece of pieces) expect(filter.push(piece)).toBe(piece);
      }),
    );
    let most = 0;
    const prefixes = secretPatterns.flatMap((pattern) => pattern.prefixes.map((prefix) => (pattern.gap?.min === 0 || !pattern.gap ? prefix : `${prefix} `)));
    for (const beginning of [...prefixes, '//a:', '-----BEGIN PRIVATE KEY-----\n', 'secretAccessKey=']) {
      for (const filler of ['a', 'A', '7', ' ', '\n', '-', '.', 'a-', 'ab cd ']) {
        const filter = redactor.open();
        let balance = beginning.length - filter.push(beginning).length;
        let redacted = false;
        for (let at = 0; at < 700 && !redacted; at++) {
          const out = filter.push(filler);
          redacted = out.includes('[REDACTED');
          balance += filler.length - out.length;
          if (!redacted) most = Math.max(most, balance);
        }
      }
    }
    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThan(600);
  });

  it('holds nothing back behind nearly every token of ordinary text', () => {
    let tokens = 0;
    let held = 0;
    for (const { text } of corpus('node_modules', 3e5, 61)) {
      const filter = redactor.open();
      let balance = 0;
      for (const token of text.match(/ ?\p{L}{1,7}|\p{N}{1,3}|\s+|[^\s\p{L}\p{N}]{1,3}/gu) ?? []) {
        balance += token.length - filter.push(token).length;
        tokens++;
        if (balance > 0) held++;
      }
    }
    expect(tokens).toBeGreaterThan(50_000);
    // The median is 0 by far.
    expect(held / tokens).toBeLessThan(0.03);
  });

  it.each(secretSamples.filter(([kind]) => kind !== 'private-key'))('drops a %s of any length whole', (kind, secret) => {
    const filter = redactor.open();
    let out = filter.push(secret);
    for (let at = 0; at < 1000; at++) out += filter.push('A7'.repeat(50));
    expect(out + filter.push(' end') + filter.flush()).toBe(`[REDACTED:${kind}] end`);
  });

  it('drops a private key that is cut short, and lets the prose behind it pass', () => {
    const key = secretSamples.find(([kind]) => kind === 'private-key')![1];
    const half = key.slice(0, 180);
    expect(redactor.redact(`${half}...\n\nIt was cut here.`)).toBe('[REDACTED:private-key]...\n\nIt was cut here.');
    expect(redactor.redact(`${half}\n\nIt was cut here, as you see.`)).toMatch(/^\[REDACTED:private-key\].*here, as you see\.$/s);
    expect(redactor.redact(`"${key.replaceAll('\n', '\\n')}", "b"`)).toBe('"[REDACTED:private-key]", "b"');
    expect(redactor.redact(`${half}\n${key}\nDone.`)).toBe('[REDACTED:private-key]\nDone.');
    expect(redactor.redact(key.replaceAll('\n', '\n    '))).toBe('[REDACTED:private-key]');
  });

  it('gives clean text back as the very same', () => {
    for (const text of ['', 'plain', 'ask sk- and s']) expect(redactor.redact(text)).toBe(text);
    expect(passThroughRedactor.redact(secretSamples[0]![1])).toBe(secretSamples[0]![1]);
  });
});

describe('JSON source', () => {
  const secrets = secretSamples.map(([, secret]) => secret);

  it('stays JSON, and loses its secrets however they are escaped', () => {
    const leaf = fc
      .tuple(fc.string({ maxLength: 6 }), fc.constantFrom(...secrets), fc.constantFrom('', '\n', '"', ' '))
      .map(([before, secret, after]) => `${before} \n${secret}${after}`);
    const value = fc.dictionary(fc.constantFrom('a', 'content', 'secretAccessKey'), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.nat(), fc.constant(null)));
    fc.assert(
      fc.property(value, fc.boolean(), (arguments_, escaped) => {
        const json = JSON.stringify(arguments_);
        const source = escaped ? json.replace(/[sAegh/-]/g, (character) => (character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)) : json;
        const redacted = redactor.redact(source, 'json');
        expect(Object.keys(JSON.parse(redacted) as object)).toHaveLength(Object.keys(arguments_).length);
        const text = JSON.stringify(JSON.parse(redacted));
        for (const secret of secrets) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the quote that ends a string', () => {
    const half = secretSamples.find(([kind]) => kind === 'private-key')![1].slice(0, 180);
    const source = JSON.stringify({ key: half, path: 'a b c' });
    expect(JSON.parse(redactor.redact(source, 'json'))).toEqual({ key: '[REDACTED:private-key]', path: 'a b c' });
  });
});
