import { Body, Controller, Get, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AuthService } from '../auth/auth.service.js';
import { type Client, type Scope } from '../auth/client.js';
import { DashboardPass, SIGNED_IN_S } from '../auth/dashboard-pass.js';
import { packageVersion } from '../config/package-version.js';
import { Public } from '../http/access.decorator.js';
import { dashboardCookie, isOfOwnPage } from '../http/dashboard-cookie.js';
import { EnvelopePipe } from '../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../http/gateway-request.js';
import { KeyCheck } from '../http/key-check.js';
import { GatewayError } from '../kernel/gateway-error.js';

interface Visitor {
  /** Nobody needs to sign in. */
  readonly open: boolean;
  readonly client: { readonly name: string; readonly scopes: readonly Scope[] } | null;
  readonly version: string;
}

/** Who looks at the dashboard: a key is shown once, and a cookie that scripts cannot read stands for it. */
@ApiExcludeController()
@Controller('dashboard/api')
@Public()
export class SignInController {
  constructor(
    private readonly auth: AuthService,
    private readonly keys: KeyCheck,
    private readonly passes: DashboardPass,
  ) {}

  @Get('me')
  me(@Req() request: GatewayRequest): Visitor {
    // Not typed so: what needs no key has none.
    const client = request.client as Client | undefined;
    return { open: this.auth.open, client: client ? { name: client.name, scopes: client.scopes } : null, version: packageVersion };
  }

  @Post('sign-in')
  @HttpCode(HttpStatus.NO_CONTENT)
  signIn(@Body(EnvelopePipe) { key, ...rest }: Readonly<Record<string, unknown>>, @Req() request: GatewayRequest, @Res({ passthrough: true }) reply: GatewayReply): void {
    refuseOtherPages(request);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new GatewayError('invalid_parameter', 'The body has one field: "key".', { param: unknown.slice(0, 64) });
    if (typeof key !== 'string' || key.trim() === '') throw new GatewayError('invalid_parameter', '"key" must be an API key.', { param: 'key' });
    const client = this.keys.signIn(request, key.trim());
    if (this.auth.open) return;
    if (!client.scopes.includes('admin')) throw new GatewayError('insufficient_scope', 'The dashboard needs a key with the scope "admin".');
    void reply.header('set-cookie', dashboardCookie(this.passes.issue(key.trim()), SIGNED_IN_S, request.protocol === 'https'));
  }

  @Post('sign-out')
  @HttpCode(HttpStatus.NO_CONTENT)
  signOut(@Req() request: GatewayRequest, @Res({ passthrough: true }) reply: GatewayReply): void {
    refuseOtherPages(request);
    void reply.header('set-cookie', dashboardCookie('', 0, request.protocol === 'https'));
  }
}

/** Nobody is signed in or out by a page of another origin, a listed one neither. @throws GatewayError `origin_not_allowed` */
function refuseOtherPages({ headers }: GatewayRequest): void {
  if (!isOfOwnPage(headers)) throw new GatewayError('origin_not_allowed', 'Only pages of the dashboard sign in and out.', { param: 'Origin' });
}
