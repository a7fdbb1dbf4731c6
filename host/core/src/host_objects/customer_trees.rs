//! The value lists of customers: kinds of people and companies, schemes of classification, sources of information.

/// A choice: code, Chinese, English.
pub(super) type Choice = (&'static str, &'static str, &'static str);
/// A node of a tree: code, the code above, Chinese, English.
pub(super) type Node = (&'static str, &'static str, &'static str, &'static str);

pub(super) const KINDS: &[Choice] = &[("organization", "单位", "Organization"), ("person", "个人", "Person")];

pub(super) const SEXES: &[Choice] = &[("male", "男", "Male"), ("female", "女", "Female")];

pub(super) const EDUCATION: &[Choice] = &[
    ("primary", "小学", "Primary school"),
    ("junior_secondary", "初中", "Junior secondary school"),
    ("senior_secondary", "高中", "Senior secondary school"),
    ("vocational", "中专", "Vocational school"),
    ("college", "大专", "Junior college"),
    ("bachelor", "本科", "Bachelor"),
    ("master", "硕士", "Master"),
    ("doctor", "博士", "Doctor"),
];

pub(super) const DOCUMENT_TYPES: &[Choice] = &[
    ("identity_card", "身份证", "Identity card"),
    ("passport", "护照", "Passport"),
    ("military_id", "军官证", "Military ID"),
    ("travel_permit", "通行证", "Travel permit"),
    ("driving_licence", "驾驶证", "Driving licence"),
    ("business_licence", "营业执照", "Business licence"),
    ("other", "其他", "Other"),
];

pub(super) const NATURE: &[Node] = &[
    ("individual_consumer", "", "个人消费者", "Individual consumer"),
    ("intermediary", "", "中间商客户", "Intermediary"),
    ("wholesaler", "intermediary", "批发商", "Wholesaler"),
    ("retailer", "intermediary", "零售商", "Retailer"),
    ("speciality_store", "retailer", "专业商店", "Speciality store"),
    ("supermarket", "retailer", "超级市场", "Supermarket"),
    ("department_store", "retailer", "百货商店", "Department store"),
    ("chain_store", "retailer", "连锁商店", "Chain store"),
    ("convenience_store", "retailer", "便利店", "Convenience store"),
    ("warehouse_club", "retailer", "仓储式商店", "Warehouse club"),
    ("agent", "intermediary", "代理商", "Agent"),
    ("manufacturer", "", "制造商", "Manufacturer"),
    ("government_and_social", "", "政府机构及社会团体", "Government and social organisations"),
];

pub(super) const TRADING_PROCESS: &[Choice] = &[
    ("traded_before", "曾经交易", "Traded before"),
    ("trading_now", "正在交易", "Trading now"),
    ("about_to_trade", "即将交易", "About to trade"),
];

pub(super) const TIME_CLASSES: &[Choice] =
    &[("old", "老客户", "Old customer"), ("new", "新客户", "New customer"), ("potential", "潜在客户", "Potential customer")];

pub(super) const MARKET_POSITIONS: &[Choice] =
    &[("main", "主力客户", "Main"), ("general", "一般客户", "General"), ("scattered", "零散客户", "Scattered")];

pub(super) const AREAS: &[Choice] = &[
    ("north", "华北", "North China"),
    ("east", "华东", "East China"),
    ("central", "华中", "Central China"),
    ("south", "华南", "South China"),
    ("northeast", "东北", "Northeast China"),
    ("northwest", "西北", "Northwest China"),
    ("southwest", "西南", "Southwest China"),
];

pub(super) const SCALES: &[Choice] =
    &[("micro", "微型", "Micro"), ("small", "小型", "Small"), ("medium", "中型", "Medium"), ("large", "大型", "Large")];

pub(super) const TARGET_TYPES: &[Choice] = &[
    ("consumer", "消费者客户", "Consumer"),
    ("b2b", "企业客户", "Business customer"),
    ("channel", "渠道、分销商和特许经营者", "Channel, distributor or franchisee"),
    ("internal_user", "内部客户", "Internal user"),
];

pub(super) const SOURCES: &[Node] = &[
    ("internal", "", "内部渠道", "Internal"),
    ("finance", "internal", "财务部门", "Finance department"),
    ("sales", "internal", "销售部门", "Sales department"),
    ("service", "internal", "客户服务部门", "Customer service department"),
    ("external", "", "外部渠道", "External"),
    ("internet", "external", "互联网", "Internet"),
    ("related_party", "external", "相关人员或企业", "Related persons or companies"),
    ("media", "external", "媒体", "Media"),
    ("television", "media", "电视", "Television"),
    ("newspaper", "media", "报纸", "Newspaper"),
    ("magazine", "media", "杂志", "Magazine"),
    ("association", "external", "行业协会", "Trade association"),
    ("government", "external", "政府部门", "Government institution"),
    ("commercial", "external", "商业机构", "Commercial institution"),
];
