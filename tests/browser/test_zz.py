import time
from tests.browser import looking, staff, residents
def test_t(arrive, town):
    residents.registered(town)
    v = staff.seat(arrive(1440), town, "grid")
    for path in ("/desk/", "/desk/", "/", "/"):
        t=time.time(); v.open(path); a=time.time(); v.page.screenshot(path="/tmp/x.png", full_page=True); b=time.time(); looking.wide_faults(v.page); c=time.time(); looking.axe_faults(v.page); d=time.time()
        print(path, f"open {a-t:.2f} shot {b-a:.2f} wide {c-b:.2f} axe {d-c:.2f}")
        t=time.time(); v.page.screenshot(path="/tmp/x.jpg", full_page=True, type="jpeg", quality=60); print("jpg", time.time()-t)
        t=time.time(); v.page.request.get(v.base+path); print("request", time.time()-t)
