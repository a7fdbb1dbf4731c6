//! Words of lists: filters, sorting, paging.

use super::texts;

texts! {
    filter => "筛选", "Filter";
    filters => "筛选条件", "Filters";
    filter_field => "字段", "Field";
    filter_operator => "关系", "Is";
    filter_value => "值", "Value";
    filter_expression => "条件表达式", "Expression";
    filter_expression_help => "如 amount > 1000 && name.startsWith('东')", "Such as amount > 1000 && name.startsWith('East')";
    filter_at(position) => "第 {position} 个字符处", "At character {position}";
    remove_filter(filter) => "移除条件“{filter}”", "Remove filter \"{filter}\"";
    operator_equals => "是", "is";
    operator_not_equals => "不是", "is not";
    operator_contains => "包含", "contains";
    operator_starts_with => "开头是", "starts with";
    operator_less => "小于", "less than";
    operator_at_most => "≤", "≤";
    operator_greater => "大于", "greater than";
    operator_at_least => "≥", "≥";
    operator_before => "早于", "before";
    operator_after => "晚于", "after";
    operator_empty => "为空", "is empty";
    operator_not_empty => "不为空", "is not empty";
    sort => "排序", "Sort";
    sort_by(column) => "按{column}排序", "Sort by {column}";
    sorted_ascending => "升序", "ascending";
    sorted_descending => "降序", "descending";
    display_as => "显示方式", "Display";
    display_list => "列表", "List";
    display_board => "看板", "Board";
    views => "已存视图", "Saved views";
    pages => "翻页", "Pages";
    previous_page => "上一页", "Previous page";
    next_page => "下一页", "Next page";
    first_page => "回到第一页", "Back to the first page";
    records_total(count) => "共 {count} 条", "{count} in total";
    records_range(from, to, count) => "第 {from}–{to} 条，共 {count} 条", "{from}–{to} of {count}";
    records_total_about(count) => "共约 {count} 条", "about {count} in total";
    records_range_about(from, to, count) => "第 {from}–{to} 条，共约 {count} 条", "{from}–{to} of about {count}";
    records_shown(from, to) => "第 {from}–{to} 条", "{from}–{to}";
    count_exactly => "精确计数", "Count exactly";
    page_total => "本页合计", "Page total";
    about(number) => "约 {number}", "about {number}";
    ten_thousands(number) => "{number} 万", "{number}";
    no_match(object) => "没有符合条件的{object}", "No {object} matches";
    no_match_hint => "去掉或放宽一个条件再看。", "Remove or loosen a filter.";
    none_yet(object) => "还没有{object}", "No {object} yet";
    none_yet_hint => "从名单导入最快，也可以先建一个。", "Importing a list is quickest, or add one.";
    none_yet_hint_read_only => "有了记录就会出现在这里。", "Records appear here as soon as there are some.";
    too_many => "记录太多，没有全部显示", "Too many to show";
    too_many_hint(shown, count) => "只显示前 {shown} 条，共 {count} 条。请加一个筛选条件。", "Showing the first {shown} of {count}. Add a filter.";
    more_records(count) => "还有 {count} 条", "{count} more";
}
