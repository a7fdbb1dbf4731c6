//! Words of the board (kanban) and of charts.

use super::texts;

texts! {
    board_label(object, field) => "按{field}的{object}看板，可左右滚动", "{object} board by {field}; scrolls sideways";
    sum => "合计", "Sum";
    weighted => "加权", "Weighted";
    weighted_explained => "加权 = Σ 金额 × 百分比", "Weighted = Σ amount × percent";
    create_in(column) => "在{column}新建", "New in {column}";
    move_card(title) => "移动“{title}”", "Move \"{title}\"";
    move_to => "移到", "Move to";
    move_do => "移动", "Move";
    column_empty => "拖到这里", "Drop here";
    moving(title) => "正在移动“{title}”", "Moving \"{title}\"";
    moving_keys => "用 ← → 换列，Enter 放下，Esc 取消", "← → to change column, Enter to put down, Esc to cancel";
    moved(title, column) => "“{title}”已移到{column}", "\"{title}\" moved to {column}";
    not_moved(title) => "没能移动“{title}”", "\"{title}\" was not moved";
    moved_back => "卡片已放回原处。", "The card is back where it was.";
    no_connection => "没有连上服务器，请再试一次。", "The server did not answer. Try again.";
    chart_table => "查看数据", "Show the numbers";
    chart_of(title) => "{title}，数据表", "{title}, as a table";
    of_previous(share) => "上一步 {share}", "{share} of previous";
    total => "合计", "Total";
    average => "平均", "Average";
    count => "数量", "Count";
}
