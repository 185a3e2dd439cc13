import { Module } from '@nestjs/common';
import { KeysController } from './keys.controller.js';
import { AuthModule } from '../../auth/auth.module.js';
import { UsageModule } from '../../usage/usage.module.js';

@Module({ imports: [AuthModule, UsageModule], controllers: [KeysController] })
export class KeysModule {}
