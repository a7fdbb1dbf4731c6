//! The invented people and companies of the sample tenant. Nobody here exists.

/// Name and the department above it.
pub(super) const DEPARTMENTS: &[(&str, Option<&str>)] = &[
    ("总公司", None),
    ("华东大区", Some("总公司")),
    ("华北大区", Some("总公司")),
    ("华南大区", Some("总公司")),
    ("International", Some("总公司")),
    ("上海团队", Some("华东大区")),
    ("杭州团队", Some("华东大区")),
    ("北京团队", Some("华北大区")),
    ("深圳团队", Some("华南大区")),
];

/// A user of the sample tenant.
pub(super) struct Person {
    pub email: &'static str,
    pub name: &'static str,
    pub department: &'static str,
    pub roles: &'static [&'static str],
    /// The e-mail address of the manager.
    pub manager: Option<&'static str>,
    /// Manages the own department.
    pub leads: bool,
}

const SELLS: &[&str] = &["salesperson"];
const LEADS: &[&str] = &["manager"];

const fn person(email: &'static str, name: &'static str, department: &'static str, manager: &'static str) -> Person {
    Person { email, name, department, roles: SELLS, manager: Some(manager), leads: false }
}

const fn leader(email: &'static str, name: &'static str, department: &'static str, manager: Option<&'static str>) -> Person {
    Person { email, name, department, roles: LEADS, manager, leads: true }
}

/// Managers first, because others name them.
pub(super) const PEOPLE: &[Person] = &[
    leader("zhou.min@demo.example", "周敏", "总公司", None),
    leader("lin.hao@demo.example", "林浩", "华东大区", Some("zhou.min@demo.example")),
    leader("wang.lei@demo.example", "王磊", "华北大区", Some("zhou.min@demo.example")),
    leader("emma.clarke@demo.example", "Emma Clarke", "International", Some("zhou.min@demo.example")),
    person("chen.jing@demo.example", "陈静", "上海团队", "lin.hao@demo.example"),
    person("xu.yang@demo.example", "徐洋", "杭州团队", "lin.hao@demo.example"),
    person("zhao.qian@demo.example", "赵倩", "北京团队", "wang.lei@demo.example"),
    person("huang.zhiqiang@demo.example", "黄志强", "深圳团队", "zhou.min@demo.example"),
    person("daniel.reed@demo.example", "Daniel Reed", "International", "emma.clarke@demo.example"),
];

/// A customer: name, city and street, industry, region, the part of its internet domain, its owner's place among those who sell.
pub(super) struct Company(pub &'static str, pub &'static str, pub &'static str, pub &'static str, pub &'static str, pub usize);

pub(super) const COMPANIES: &[Company] = &[
    Company("上海明远精密机械有限公司", "上海市嘉定区宝安公路 2788 号", "制造业", "华东", "mingyuan-jm", 0),
    Company("杭州云杉信息技术有限公司", "杭州市滨江区江南大道 588 号", "信息技术", "华东", "yunshan-it", 1),
    Company("苏州晨光电子材料股份有限公司", "苏州市工业园区星湖街 328 号", "制造业", "华东", "chenguang-dz", 0),
    Company("南京博雅教育集团", "南京市鼓楼区中山北路 105 号", "教育", "华东", "boya-edu", 0),
    Company("宁波海泰国际物流有限公司", "宁波市北仑区新碶街道明州路 301 号", "物流", "华东", "haitai-wl", 1),
    Company("合肥智联光电科技有限公司", "合肥市高新区望江西路 860 号", "信息技术", "华东", "zhilian-gd", 1),
    Company("无锡瑞丰生物制药有限公司", "无锡市新吴区长江路 21 号", "医药", "华东", "ruifeng-sw", 0),
    Company("温州宏盛阀门制造厂", "温州市龙湾区滨海五道 609 号", "制造业", "华东", "hongsheng-fm", 1),
    Company("绍兴锦绣纺织有限公司", "绍兴市柯桥区群贤路 1188 号", "纺织", "华东", "jinxiu-fz", 1),
    Company("上海浦江会展服务有限公司", "上海市浦东新区龙阳路 2345 号", "服务业", "华东", "pujiang-hz", 0),
    Company("南通长河船舶配套有限公司", "南通市崇川区通盛大道 88 号", "制造业", "华东", "changhe-cb", 0),
    Company("嘉兴绿野食品有限公司", "嘉兴市南湖区亚太路 705 号", "食品", "华东", "lvye-sp", 1),
    Company("北京天枢数据服务有限公司", "北京市海淀区中关村南大街 12 号", "信息技术", "华北", "tianshu-data", 2),
    Company("天津渤海石化设备有限公司", "天津市滨海新区第三大街 51 号", "能源", "华北", "bohai-sh", 2),
    Company("北京和谐医院管理有限公司", "北京市朝阳区建国路 93 号", "医疗", "华北", "hexie-yy", 2),
    Company("石家庄正大建材集团", "石家庄市裕华区槐安东路 162 号", "建筑", "华北", "zhengda-jc", 2),
    Company("太原晋源能源科技有限公司", "太原市小店区平阳路 426 号", "能源", "华北", "jinyuan-ny", 2),
    Company("青岛海信德贸易有限公司", "青岛市市南区香港中路 76 号", "贸易", "华北", "haixinde-my", 2),
    Company("济南齐鲁新材料有限公司", "济南市历下区经十路 11001 号", "制造业", "华北", "qilu-xcl", 2),
    Company("大连北方港务服务公司", "大连市中山区港湾街 7 号", "物流", "华北", "beifang-gw", 2),
    Company("深圳讯达通信设备有限公司", "深圳市南山区科技南十二路 18 号", "信息技术", "华南", "xunda-tx", 3),
    Company("广州粤华餐饮连锁有限公司", "广州市天河区体育东路 116 号", "服务业", "华南", "yuehua-cy", 3),
    Company("东莞鼎盛塑胶模具厂", "东莞市长安镇振安中路 288 号", "制造业", "华南", "dingsheng-mj", 3),
    Company("佛山美居陶瓷有限公司", "佛山市禅城区季华四路 39 号", "建筑", "华南", "meiju-tc", 3),
    Company("厦门鹭岛软件园运营有限公司", "厦门市思明区软件园二期望海路 33 号", "信息技术", "华南", "ludao-sw", 3),
    Company("珠海蓝湾酒店集团", "珠海市香洲区情侣中路 47 号", "服务业", "华南", "lanwan-jd", 3),
    Company("南宁邕江农业发展有限公司", "南宁市青秀区民族大道 136 号", "农业", "华南", "yongjiang-ny", 3),
    Company("长沙岳麓文化传媒有限公司", "长沙市岳麓区枫林三路 99 号", "传媒", "华南", "yuelu-media", 3),
    Company("成都锦城互动娱乐有限公司", "成都市高新区天府大道中段 530 号", "传媒", "华南", "jincheng-hd", 3),
    Company("武汉光谷激光技术有限公司", "武汉市东湖高新区光谷大道 77 号", "制造业", "华南", "guanggu-jg", 3),
    Company("Aldergrove Instruments Ltd", "14 Mill Lane, Cambridge", "Manufacturing", "EMEA", "aldergrove-inst", 4),
    Company("Baltic Line Shipping AS", "Havnegata 9, Bergen", "Logistics", "EMEA", "balticline", 4),
    Company("Cedar & Stone Architects", "221 King Street, Toronto", "Construction", "Americas", "cedarstone", 4),
    Company("Delmar Foods Inc", "4800 Harbor Drive, San Diego", "Food", "Americas", "delmarfoods", 4),
    Company("Eastfield Community Hospital", "77 Park Road, Manchester", "Healthcare", "EMEA", "eastfield-health", 4),
    Company("Fjordkraft Turbines", "Industriveien 3, Stavanger", "Energy", "EMEA", "fjordkraft-turbines", 4),
    Company("Granite Peak Outfitters", "560 Summit Avenue, Denver", "Retail", "Americas", "granitepeak", 4),
    Company("Harbour View Hotels Pte Ltd", "18 Marina Way, Singapore", "Hospitality", "APAC", "harbourview-hotels", 4),
    Company("Iwasaki Precision KK", "2-11-4 Minami, Osaka", "Manufacturing", "APAC", "iwasaki-precision", 4),
    Company("Juniper Lane Media", "95 Bridge Street, Sydney", "Media", "APAC", "juniperlane", 4),
    Company("Kestrel Data Systems", "1200 Congress Avenue, Austin", "Technology", "Americas", "kestreldata", 4),
    Company("Lumière Cosmétiques SARL", "6 rue des Tanneurs, Lyon", "Retail", "EMEA", "lumiere-cosmetiques", 4),
];

/// Customers that are people: name, city, the owner's place among those who sell.
pub(super) const PERSONS: &[(&str, &str, usize)] = &[
    ("何婉清", "上海市徐汇区衡山路 10 号", 0),
    ("范志远", "杭州市西湖区文三路 259 号", 1),
    ("蒋慧", "北京市东城区东四十条 22 号", 2),
    ("Priya Nair", "Singapore", 4),
];

pub(super) const CHINESE_NAMES: &[&str] = &[
    "张伟",
    "刘洋",
    "孙丽娜",
    "吴建国",
    "郑晓燕",
    "冯涛",
    "朱琳",
    "马超",
    "胡雪梅",
    "郭鹏",
    "何军",
    "高翔",
    "罗芳",
    "梁栋",
    "宋佳",
    "唐婷婷",
    "韩冰",
    "曹阳",
    "许慧敏",
    "邓超群",
    "彭飞",
    "曾莉",
    "田野",
    "董洁",
    "潘晓明",
    "袁媛",
    "蔡国强",
    "余欢",
    "杜鹃",
    "叶青",
    "程功",
    "魏巍",
    "苏梅",
    "吕良",
    "丁一鸣",
    "任静",
    "沈悦",
    "姚远",
    "卢斌",
    "姜珊",
];

pub(super) const ENGLISH_NAMES: &[&str] = &[
    "Alice Morgan",
    "Ben Carter",
    "Chloe Hughes",
    "Dominic Shaw",
    "Elena Petrova",
    "Frank Osei",
    "Grace Lindqvist",
    "Hiro Tanaka",
    "Isla Brennan",
    "James Whitlock",
    "Karin Solberg",
    "Liam O'Connor",
    "Maya Fernandes",
    "Noah Becker",
    "Olivia Grant",
    "Pablo Reyes",
    "Quentin Dubois",
    "Rosa Almeida",
    "Simon Keller",
    "Tara Singh",
];

pub(super) const CHINESE_POSITIONS: &[&str] = &["总经理", "采购经理", "信息部主任", "财务总监", "行政主管", "技术总监", "副总经理"];
pub(super) const ENGLISH_POSITIONS: &[&str] =
    &["Managing Director", "Head of Purchasing", "IT Manager", "Finance Director", "Office Manager", "Operations Manager"];

/// Kind, subject in Chinese, subject in English, minutes.
pub(super) const ACTIVITIES: &[(&str, &str, &str, i64)] = &[
    ("call_outbound", "电话回访", "Follow-up call", 15),
    ("call_inbound", "来电咨询", "Enquiry by phone", 10),
    ("meeting", "需求沟通会", "Requirements meeting", 90),
    ("appointment", "上门拜访", "On-site visit", 120),
    ("correspondence", "发送资料", "Documents sent", 20),
    ("meeting", "方案讨论", "Proposal review", 60),
    ("research", "了解客户组织与决策流程", "Research on the organisation", 45),
    ("event", "邀请参加用户大会", "Invitation to the user conference", 240),
    ("milestone", "签署保密协议", "Non-disclosure agreement signed", 30),
    ("call_outbound", "节日问候", "Season's greetings", 5),
];

pub(super) const NOTES: &[&str] = &[
    "客户关心实施周期，下次带上案例。",
    "对方预算在下季度初确定。",
    "已约好下周再谈细节。",
    "",
    "",
    "Asked for references from companies of the same size.",
    "Decision is expected after their board meets.",
    "",
];
