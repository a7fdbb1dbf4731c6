//! Words of the search and of the palette.

use super::texts;

texts! {
    search_or_run => "搜索或执行…", "Search or run…";
    search_or_run_label => "搜索或执行", "Search or run";
    search_title => "搜索", "Search";
    search_words => "搜索词", "Words to search for";
    search_hint => "支持汉字、拼音、首字母、字母与电话号码的任意 3 位以上数字。", "Chinese, pinyin, initials, Latin words, and any three or more digits of a number.";
    search_everywhere => "全部对象", "All objects";
    search_in => "范围", "Search in";
    search_results => "结果", "Results";
    search_records => "记录", "Records";
    search_recent => "最近打开", "Recent";
    search_actions => "操作", "Actions";
    search_pages => "转到", "Go to";
    search_all_records(words) => "在全部记录中搜索“{words}”", "Search all records for “{words}”";
    search_none(words) => "没有找到“{words}”", "Nothing found for “{words}”";
    search_none_hint => "请检查拼写，或少用几个词：每个词都必须找到。", "Check the spelling, or use fewer words: each of them must be found.";
    search_more => "结果较多，只显示最相关的部分；多写一个词可缩小范围。", "There are more. The best are shown; one more word narrows it down.";
    search_indexing => "正在为较早的记录建立索引，结果可能不完整。", "Older records are still being indexed; some may be missing.";
    search_failed => "搜索没有成功，请检查网络后再试。", "The search did not go through. Check the connection and try again.";
    search_busy => "搜索中…", "Searching…";
    search_count(found: count) => "{found} 条结果", "1 result", "{found} results";
    search_open => "打开", "Open";
    search_choose => "选择", "Choose";
    search_new_tab => "新标签页", "New tab";
    search_only_commands => "只看操作", "Commands only";
    key_search => "搜索或执行", "Search or run";
}
