"""Phrase bank: complaints about a member of staff, and words of emergency."""

from huiyin.demo.world.phrases.subject import Subject

# {staff} is the post of the person meant, never their name: residents seldom know it.
ABOUT_STAFF = (
    Subject(
        "about_grid_worker",
        "complaint",
        "estate",
        "any",
        "grid",
        private=True,
        asks=("我们{place}的{staff}答应来看漏水，约了两次都没来，电话也不回。我不是要处分谁，就是希望讲话算数。",),
        answers=(
            "您反映的情况{day}核实了：那两天{staff}被抽去值守，但没有给您打电话改期，是我们的不对。已当面向您道歉，漏水的事由我接手，{soon}上午师傅到。社区也定了规矩，改约必须提前打电话。联系{contact}。",
        ),
    ),
    Subject(
        "about_clerk",
        "complaint",
        "nowhere",
        "any",
        "street",
        private=True,
        asks=(
            "去社区办高龄补贴，窗口的{staff}一边看手机一边说材料不齐，问缺什么又不说清，让我{kin}{age}岁的人来回跑了{n}趟。",
        ),
        answers=(
            "调看了窗口录像，您说的属实。{day}已找{staff}谈话，在窗口会上作了检讨，并把一次性告知单重新印好，缺什么打勾给您带走。补贴的材料我们上门补齐了，{soon}起按月发，前面的一并补。对老人家说声对不起。",
        ),
    ),
    Subject(
        "about_head",
        "complaint",
        "nowhere",
        "any",
        "street",
        private=True,
        asks=(
            "{staff}的亲戚在公共绿地上搭了雨棚开小店，别人家搭就要拆，他家就没事，一碗水要端平。请上面的人来查，不要转回社区。",
        ),
        answers=(
            "此件由街道直接办，没有转回社区。{day}执法人员实地丈量，雨棚属于违建，已限期{soon}前自行拆除；是否存在打招呼的情况，移交纪检监察工委另行核实。结果由我当面向您说明，{contact}。",
        ),
    ),
)

EMERGENCY = (
    Subject(
        "gas_smell",
        "request",
        "stairwell",
        "town",
        "grid",
        asks=("{place}一楼煤气味很大，闻得头晕，可能是燃气泄漏，快来人！",),
        answers=(
            "接到后立即请您打119和燃气抢修电话，我{minutes}分钟后到现场，关了总阀、开窗、疏散了楼上住户。抢修队查出是一楼灶具软管脱落，已更换并测过浓度，恢复供气。整个单元的软管这周逐户查一遍，联系{contact}。",
        ),
    ),
    Subject(
        "collapsed",
        "request",
        "building",
        "any",
        "grid",
        private=True,
        asks=("我家邻居晕倒在{place}门口，叫不醒，已经打了120，请网格员快来帮忙开门抬人，他一个人住！",),
        answers=(
            "我{minutes}分钟内赶到，和邻居一起守到120来，陪着上了车。人已醒，是低血糖，住院观察。家属电话通知到了。您反应快，帮了大忙。后面照看的事找{contact}。",
        ),
    ),
)
