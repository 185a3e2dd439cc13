import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AcpAgentFamily } from './acp-agent.family.js';
import { type AcpAgentProvider } from './acp-agent.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { type Entries, fakeAgents } from '../../../test/fake-cli/acp-agents.js';
import { bootGateway, type Gateway } from '../../../test/support/boot.js';
import { eventually } from '../../../test/support/eventually.js';
import { processesOf } from '../../../test/support/processes.js';

describe(AcpAgentFamily.name, () => {
  let gateway: Gateway;
  let family: AcpAgentFamily;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_WARM: '0' });
    family = gateway.app.get(AcpAgentFamily, { strict: false });
  });
  afterAll(() => gateway.close());

  const providers = (entries: Entries): readonly AcpAgentProvider[] => family.providers(fakeAgents(entries));

  it('has none where the file names none', () => {
    expect(providers({})).toEqual([]);
  });

  it('keeps what did not change, also over a file that was not taken', () => {
    const [one, two] = providers({ one: {}, two: {} });
    one!.start();
    const [same, changed] = providers({ one: {}, two: { args: ['x'] } });
    expect([same, changed === two]).toEqual([one, false]);
    providers({ three: {} });
    expect(providers({ one: {} })).toEqual([one]);
  });

  it('builds one anew that a reload took away', () => {
    const [before] = providers({ back: {} });
    before!.retire();
    expect(before!.usable()).toBe(false);
    expect(before!.whatToDo).toContain('not in shellm.config.yaml any more');
    expect(providers({ back: {} })[0]).not.toBe(before);
  });

  it('learns without keeping one warm, and leaves nothing behind', async () => {
    const [agent] = providers({ learner: { env: { FAKE_ACP_MODELS: 'list' } } });
    expect([agent!.models(), agent!.capabilities.system]).toEqual([['default'], 'emulated']);
    agent!.start();
    await eventually(() => agent!.models().includes('fake-small'));
    expect([agent!.defaultModel, agent!.models()]).toEqual(['fake-large', ['fake-large', 'fake-small']]);
    await eventually(() => processesOf(gateway.dataDir).length === 0);
  });

  it('starts nothing of one that is not trusted, or not there', async () => {
    const agents = providers({ wary: { trusted: false }, absent: { command: '/no/such/agent' } });
    for (const agent of agents) agent.start();
    expect(await Promise.all(agents.map((agent) => agent.status()))).toMatchObject([
      { status: 'unavailable', installed: true, authenticated: false },
      { status: 'unavailable', installed: false, authenticated: false },
    ]);
    expect(agents.map((agent) => [agent.configured, agent.usable(), agent.restricted])).toEqual([
      [false, false, true],
      [false, false, true],
    ]);
    expect(processesOf(gateway.dataDir)).toEqual([]);
    expect(gateway.app.get(ProcessPool).capacity().active).toBe(0);
  });

  it("takes the operator's word for the model of an agent that lets nobody choose", () => {
    expect(providers({ named: { defaultModel: 'gpt-9' } })[0]!.models()).toEqual(['gpt-9']);
  });
});
