import { Module } from '@nestjs/common';
import { KeysController } from './keys.controller.js';
import { AuthModule } from '../../auth/auth.module.js';

@Module({ imports: [AuthModule], controllers: [KeysController] })
export class KeysModule {}
