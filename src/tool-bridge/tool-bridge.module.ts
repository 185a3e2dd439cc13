import { Module } from '@nestjs/common';
import { ToolBridge } from './tool-bridge.js';

@Module({ providers: [ToolBridge], exports: [ToolBridge] })
export class ToolBridgeModule {}
