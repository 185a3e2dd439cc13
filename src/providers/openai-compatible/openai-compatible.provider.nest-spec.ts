import { describe } from '@jest/globals';
import { OpenAiCompatibleProvider } from './openai-compatible.provider.js';
import { bootGateway } from '../../../test/support/boot.js';
import { chunkFrame, MockVendor } from '../../../test/support/mock-vendor.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';
import { ProviderRegistry } from '../provider-registry.js';

describe(OpenAiCompatibleProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const vendor = await MockVendor.start();
    const gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-mock' });
    let open = 0;
    vendor.answer(async (response, { body }) => {
      open += 1;
      response.once('close', () => {
        open -= 1;
      });
      const words = body.includes('a long one') ? 500 : 3;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let word = 0; word < words && !response.destroyed; word += 1) {
        response.write(chunkFrame({ content: `word${word} ` }));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const usage = { prompt_tokens: 3, completion_tokens: words, total_tokens: words + 3 };
      response.end(
        `${chunkFrame({}, 'stop')}data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-mock', choices: [], usage })}\n\ndata: [DONE]\n\n`,
      );
    });
    return {
      provider: gateway.app.get(ProviderRegistry).get('openai')!,
      prompts: { short: 'a short one', long: 'a long one' },
      running: () => open,
      close: async () => {
        await gateway.close();
        await vendor.close();
      },
    };
  });
});
