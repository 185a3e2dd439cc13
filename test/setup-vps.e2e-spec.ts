import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..');
const script = join(project, 'deploy/setup-vps.sh');
const shellcheck = '/usr/bin/shellcheck';
if (!existsSync(shellcheck)) process.stderr.write('SKIPPED: shellcheck of deploy/*.sh; it is not installed.\n');

(existsSync(shellcheck) ? it : it.skip)('shellcheck has nothing to say to deploy/*.sh', () => {
  const { status, stdout } = spawnSync(shellcheck, [script, join(project, 'deploy/as-service.sh')], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, '']);
});

/** A machine without the gateway: below another root, with commands that change a system replaced by ones that write down what they were asked. */
describe('deploy/setup-vps.sh', () => {
  let [machine, root, stubs, log] = ['', '', '', ''];

  function stub(name: string, body: string): void {
    writeFileSync(join(stubs, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  function setUp(...args: string[]): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...args], { encoding: 'utf8', env: { PATH: `${stubs}:/usr/bin:/bin`, DESTDIR: root, HOME: machine } });
    return { code: status, output: `${stdout}${stderr}` };
  }

  /** Every file below the root: its kind, mode and content. */
  function snapshot(): Record<string, string> {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(entries.map((path) => [path.slice(root.length), describeFile(path)]));
  }
  function describeFile(path: string): string {
    const entry = lstatSync(path);
    if (entry.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
    const content = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
    return `${(entry.mode & 0o777).toString(8)} ${content} ${entry.mtimeMs}`;
  }
  const asked = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const forget = (): void => {
    rmSync(log, { force: true });
  };

  beforeAll(() => {
    machine = mkdtempSync(join(tmpdir(), 'machine-'));
    [root, stubs, log] = [join(machine, 'root'), join(machine, 'stubs'), join(machine, 'asked')];
    mkdirSync(root);
    mkdirSync(stubs);
    // What nodejs.org has for this machine, as far as the script looks.
    const name = `node-v24.21.0-linux-${process.arch}`;
    mkdirSync(join(machine, name, 'bin'), { recursive: true });
    writeFileSync(join(machine, name, 'bin/node'), '#!/bin/sh\n', { mode: 0o755 });
    // It installs as npm does: into the folder that --prefix names, the package being this repository.
    const npm = `echo "npm $*" >>'${log}'
[ "$1" = view ] && { echo 0.1.0; exit; }
while [ $# -gt 1 ]; do [ "$1" = --prefix ] && prefix=$2; shift; done
case $1 in
  shellm@* | *.tgz) into=$prefix/lib/node_modules/shellm; mkdir -p "$into" "$prefix/bin"; cp -r '${project}/deploy' '${project}/config' "$into/"; printf '#!/bin/sh\\n' >"$prefix/bin/shellm"; chmod 755 "$prefix/bin/shellm" ;;
  *) mkdir -p "$prefix/lib/node_modules/$1" ;;
esac`;
    writeFileSync(join(machine, name, 'bin/npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
    execFileSync('/bin/tar', ['-czf', join(machine, `${name}.tar.gz`), '-C', machine, name]);
    const sum = createHash('sha256')
      .update(readFileSync(join(machine, `${name}.tar.gz`)))
      .digest('hex');
    writeFileSync(join(machine, 'SHASUMS256.txt'), `${'0'.repeat(64)}  node-v24.21.0.tar.gz\n${sum}  ${name}.tar.gz\n`);

    stub('id', '[ "$1" = -u ] && { echo 0; exit; }\nexec /usr/bin/id "$@"');
    stub('curl', `echo "curl $*" >>'${log}'\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done\ncp "${machine}/\${1##*/}" "$out"`);
    stub('getent', `[ -e '${machine}/user' ]`);
    stub('useradd', `echo "useradd $*" >>'${log}'\ntouch '${machine}/user'`);
    stub('systemctl', `echo "systemctl $*" >>'${log}'\ncase $1 in is-active) [ -e '${machine}/active' ] ;; restart) touch '${machine}/active' ;; esac`);
  });
  afterAll(() => {
    rmSync(machine, { recursive: true, force: true });
  });

  it('with --dry-run says what it would do, and does nothing', () => {
    const { code, output } = setUp('--dry-run', '--with-claude');
    expect([code, output]).toEqual([0, expect.stringContaining('would: user shellm\nwould: folder /opt/shellm')]);
    for (const what of ['Node.js 24.21.0 from nodejs.org', 'shellm latest', '@anthropic-ai/claude-code', 'file /etc/shellm/shellm.env', 'the service is started'])
      expect(output).toContain(`would: ${what}`);
    expect([snapshot(), asked().filter((line) => !line.startsWith('systemctl is-active'))]).toEqual([{}, []]);
  });

  it('does not take a Node.js whose checksum is another', () => {
    const sums = join(machine, 'SHASUMS256.txt');
    const right = readFileSync(sums, 'utf8');
    writeFileSync(sums, right.replace(/^[0-9a-f]{8}(?=[0-9a-f]+ {2}\S+-linux)/m, '00000000'));
    const { code, output } = setUp();
    expect([code === 0, output]).toEqual([false, expect.stringContaining('FAILED')]);
    expect(existsSync(join(root, 'opt/shellm/node'))).toBe(false);
    writeFileSync(sums, right);
    rmSync(root, { recursive: true });
    rmSync(join(machine, 'user'));
    mkdirSync(root);
    forget();
  });

  it('sets the machine up', () => {
    const { code, output } = setUp('--with-claude', '--with-codex');
    expect([code, output]).toEqual([0, expect.stringContaining('sudo shellm-as-service claude')]);
    expect(asked()).toEqual([
      expect.stringMatching(/^useradd --system .*--home-dir \/var\/lib\/shellm\/home .*nologin shellm$/),
      expect.stringMatching(/^curl .*--proto =https .*https:\/\/nodejs\.org\/dist\/v24\.21\.0\/node-v24\.21\.0-linux-\w+\.tar\.gz$/),
      expect.stringMatching(/ https:\/\/nodejs\.org\/dist\/v24\.21\.0\/SHASUMS256\.txt$/),
      'npm view shellm version',
      expect.stringMatching(/^npm install --global .*--prefix \S+\/opt\/shellm\/releases\/0\.1\.0 --ignore-scripts shellm@0\.1\.0$/),
      expect.stringMatching(/--prefix \S+\/opt\/shellm\/clis @anthropic-ai\/claude-code$/),
      expect.stringMatching(/--prefix \S+\/opt\/shellm\/clis @openai\/codex$/),
      'systemctl daemon-reload',
      'systemctl enable --quiet shellm',
      'systemctl restart shellm',
    ]);
    expect(readlinkSync(join(root, 'opt/shellm/current'))).toBe('releases/0.1.0');
    expect(readFileSync(join(root, 'etc/systemd/system/shellm.service'))).toEqual(readFileSync(join(project, 'deploy/shellm.service')));
    expect(readFileSync(join(root, 'etc/logrotate.d/shellm'))).toEqual(readFileSync(join(project, 'config/logrotate.conf')));
    const modes = Object.fromEntries(
      ['etc/shellm/shellm.env', 'var/lib/shellm', 'var/lib/shellm/home', 'usr/local/bin/shellm'].map((path) => [path, (statSync(join(root, path)).mode & 0o777).toString(8)]),
    );
    expect(modes).toEqual({ 'etc/shellm/shellm.env': '600', 'var/lib/shellm': '700', 'var/lib/shellm/home': '700', 'usr/local/bin/shellm': '755' });
  });

  it('makes a key that is nowhere to be seen but in the settings', () => {
    const settings = readFileSync(join(root, 'etc/shellm/shellm.env'), 'utf8');
    const clients = JSON.parse(/^SHELLM_CLIENTS=(.*)$/m.exec(settings)?.[1] ?? '') as { admin: { key: string } };
    expect(clients.admin.key).toMatch(/^sk-[A-Za-z0-9]{25,}$/);
    expect(asked().join('\n')).not.toContain(clients.admin.key);
  });

  it('changes nothing the second time', () => {
    forget();
    const before = snapshot();
    const { code, output } = setUp('--with-claude', '--with-codex');
    expect([code, output]).toEqual([0, expect.stringMatching(/^\nNothing had to change\./)]);
    expect(snapshot()).toEqual(before);
    expect(asked()).toEqual(['npm view shellm version', 'systemctl is-active --quiet shellm']);
  });

  it('takes up a newer package, keeps the settings, and goes back', () => {
    forget();
    const settings = readFileSync(join(root, 'etc/shellm/shellm.env'), 'utf8');
    const tarball = join(machine, 'shellm-0.2.0.tgz');
    writeFileSync(tarball, 'a package');
    expect(setUp('--from', tarball)).toMatchObject({ code: 0, output: expect.stringContaining('3 changes') as unknown });
    expect(readlinkSync(join(root, 'opt/shellm/current'))).toMatch(/^releases\/shellm-0\.2\.0-[0-9a-f]{12}$/);
    expect(asked()).toContain('systemctl restart shellm');
    expect(setUp('--version', '0.1.0')).toMatchObject({ code: 0, output: expect.stringContaining('2 changes') as unknown });
    expect(readlinkSync(join(root, 'opt/shellm/current'))).toBe('releases/0.1.0');
    expect(readFileSync(join(root, 'etc/shellm/shellm.env'), 'utf8')).toBe(settings);
  });

  it('mends a file that somebody changed, and starts a service that stands still', () => {
    const unit = join(root, 'etc/systemd/system/shellm.service');
    writeFileSync(unit, '[Service]\n');
    chmodSync(join(root, 'var/lib/shellm'), 0o755);
    rmSync(join(machine, 'active'));
    expect(setUp('--version', '0.1.0').output).toContain('3 changes');
    expect(readFileSync(unit, 'utf8')).toContain('ExecStart=');
    expect(statSync(join(root, 'var/lib/shellm')).mode & 0o777).toBe(0o700);
  });

  it('takes a Node.js that is there', () => {
    const node = join(machine, `node-v24.21.0-linux-${process.arch}`);
    expect(setUp('--version', '0.1.0', '--node', node).code).toBe(0);
    expect(readlinkSync(join(root, 'opt/shellm/node'))).toBe(node);
  });

  it('refuses an option that it does not know', () => {
    expect(setUp('--wiht-claude')).toEqual({ code: 2, output: expect.stringContaining('unknown option --wiht-claude') as unknown });
  });
});

describe('deploy/as-service.sh', () => {
  it('gives shellm the settings, over the environment alone, and a CLI none of them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'as-service-'));
    try {
      writeFileSync(
        join(folder, 'env'),
        `# a comment\nSHELLM_CLIENTS={"a": {"key": "k e y"}}\nQUOTED='single "inside"'\nDOUBLE="d"\n  INDENTED=1\nBAD-NAME=1\nLAST=$(touch ${folder}/pwned)`,
      );
      const text = readFileSync(join(project, 'deploy/as-service.sh'), 'utf8').replace('/etc/shellm/shellm.env', join(folder, 'env')).replace('cd /var/lib/shellm', 'cd /');
      for (const name of ['shellm', 'shellm-as-service']) writeFileSync(join(folder, name), text.replace(/^PATH=.*$/m, `PATH=${folder}/bin:/usr/bin:/bin`), { mode: 0o755 });
      mkdirSync(join(folder, 'bin'));
      cpSync('/usr/bin/env', join(folder, 'bin/env'));
      writeFileSync(join(folder, 'bin/id'), '#!/bin/sh\necho 0\n', { mode: 0o755 });
      writeFileSync(join(folder, 'bin/runuser'), '#!/bin/sh\nprintf "%s\\n" "$*"\nexec env\n', { mode: 0o755 });
      const run = (name: string, ...args: string[]): string[] =>
        execFileSync(join(folder, name), args, { encoding: 'utf8', env: { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: '/root', XDG_CONFIG_HOME: '/root/.config' } }).split('\n');

      const shellm = run('shellm', 'keys', 'list');
      expect(shellm[0]).toBe('-u shellm -- shellm keys list');
      expect(shellm).toEqual(
        expect.arrayContaining([
          'SHELLM_CLIENTS={"a": {"key": "k e y"}}',
          'QUOTED=single "inside"',
          'DOUBLE=d',
          'HOME=/var/lib/shellm/home',
          'SHELLM_DATA_DIR=/var/lib/shellm',
          `LAST=$(touch ${folder}/pwned)`,
        ]),
      );
      expect(existsSync(join(folder, 'pwned'))).toBe(false);

      const claude = run('shellm-as-service', 'claude', '-p');
      expect(claude[0]).toBe('-u shellm -- claude -p');
      expect(claude.filter((line) => /^(SHELLM_CLIENTS|QUOTED|XDG_)/.test(line))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
