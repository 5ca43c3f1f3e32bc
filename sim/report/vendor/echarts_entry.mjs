// SPDX-License-Identifier: Apache-2.0
// What the pages use of Apache ECharts; esbuild leaves the rest out.
import {
  BarChart, BoxplotChart, HeatmapChart, LineChart, ParallelChart, ScatterChart,
} from 'echarts/charts';
import {
  DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, ParallelComponent,
  TooltipComponent, VisualMapComponent,
} from 'echarts/components';
import {getInstanceByDom, init, use, version} from 'echarts/core';
import {CanvasRenderer} from 'echarts/renderers';

use([
  BarChart, BoxplotChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, DataZoomComponent,
  GridComponent, LegendComponent, MarkLineComponent, ParallelComponent, TooltipComponent,
  VisualMapComponent, CanvasRenderer,
]);

export {getInstanceByDom, init, version};
