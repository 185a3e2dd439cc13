import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, type ConsoleMessage, type Page } from 'playwright-core';

/** Resolves when all that fades in is there: nobody can read it before. */
const SETTLED =
  'Promise.allSettled(document.getAnimations().filter((each) => each.effect.getComputedTiming().iterations !== Infinity).map((each) => each.finished)).then(() => true)';
const REPORT_VIOLATIONS = 'addEventListener("securitypolicyviolation", (event) => noteViolation(event.violatedDirective + " " + event.blockedURI))';

/** A page that remembers all that went wrong on it. */
export class WatchedPage {
  /** What nobody expected, in words. */
  readonly faults: string[] = [];
  readonly #expected: RegExp[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {}

  static async open(browser: Browser, options: BrowserContextOptions): Promise<WatchedPage> {
    const context = await browser.newContext(options);
    const watched = new WatchedPage(await context.newPage(), context);
    await watched.#watch();
    return watched;
  }

  /** A fault that a test brings about: a message like this one is none. */
  expect(fault: RegExp): void {
    this.#expected.push(fault);
  }

  /** What axe finds that keeps people out: the rules and where they are broken. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(SETTLED);
    if (!(await this.page.evaluate('"axe" in globalThis'))) await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate<axe.AxeResults>('axe.run({ resultTypes: ["violations"] })');
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`).join('; ')}`);
  }

  close(): Promise<void> {
    return this.context.close();
  }

  async #watch(): Promise<void> {
    const { page } = this;
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error' || message.type() === 'warning') this.#note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => {
      this.#note(`error: ${error.stack ?? error.message}`);
    });
    page.on('requestfailed', (request) => {
      // The page's own doing: what it left, or stopped.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.#note(`request: ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ''}`);
    });
    await page.exposeFunction('noteViolation', (text: string) => {
      this.#note(`policy: ${text}`);
    });
    await page.addInitScript({ content: REPORT_VIOLATIONS });
  }

  #note(fault: string): void {
    if (!this.#expected.some((pattern) => pattern.test(fault))) this.faults.push(fault);
  }
}
