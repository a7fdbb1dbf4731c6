//! Words around what plugins show: pages, panels and their blocks.

use super::texts;

texts! {
    by_plugin(plugin) => "插件：{plugin}", "Plugin: {plugin}";
    block_failed(plugin) => "“{plugin}”的这一部分没能显示", "This part of \"{plugin}\" could not be shown";
    block_not_there(object) => "没有“{object}”这个对象", "There is no object \"{object}\"";
    part_of_page => "页面分区", "Parts of this page";
    plugin_off_hint => "管理员可以在“管理 · 插件”里重新启用。数据都在。", "An administrator can enable it again under Administration, Plugins. Its data is kept.";
    busy_title => "现在请求太多", "Too many requests at once";
    busy_hint => "请过几秒再试。您的数据没有改动。", "Try again in a few seconds. Nothing was changed.";
    chart_group => "分类", "Group";
    chart_step => "步骤", "Step";
    chart_note => "说明", "Note";
    in_ten_thousands(unit) => "坐标轴：万{unit}", "Axis in {unit}10k";
    in_hundred_millions(unit) => "坐标轴：亿{unit}", "Axis in {unit}100m";
    in_thousands(unit) => "坐标轴：千{unit}", "Axis in {unit}k";
    in_millions(unit) => "坐标轴：百万{unit}", "Axis in {unit}m";
    shown_of(shown, count) => "只显示前 {shown} 项，共 {count} 项。", "Showing the first {shown} of {count}.";
    board_columns_of(shown, count) => "只显示前 {shown} 列，共 {count} 列。", "Showing the first {shown} of {count} columns.";
    board_needs_select(field) => "看板需要一个单选字段，“{field}”不是。", "A board needs a select field, and \"{field}\" is none.";
}
